package dev.marrow.waypoint.proxy;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import dev.marrow.waypoint.report.Flag;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A response of our own. gRPC callers get it as gRPC says: 200, and a status among the headers. */
record LocalReply(int status, int grpcStatus, List<Field> fields, String body) {
  private static final HeaderName GRPC_STATUS = HeaderName.of("grpc-status");
  private static final HeaderName RATE_LIMITED = HeaderName.of("x-envoy-ratelimited");
  private static final HeaderName GRPC_MESSAGE = HeaderName.of("grpc-message");

  /** A field with its value. */
  record Field(HeaderName name, String value) {}

  LocalReply {
    fields = List.copyOf(fields);
  }

  static LocalReply of(int status, List<Field> fields, String body) {
    return new LocalReply(status, grpcStatus(status), fields, body);
  }

  static LocalReply of(int status, Flag flag, String detail) {
    int grpc = flag == Flag.UT ? 4 : grpcStatus(status);
    return new LocalReply(status, grpc, List.of(), text(status, flag, detail));
  }

  /** As Envoy answers what a rate-limit service refuses. */
  static LocalReply rateLimited(List<Field> fields) {
    List<Field> all = new ArrayList<>(fields);
    all.add(new Field(RATE_LIMITED, "true"));
    return new LocalReply(429, grpcStatus(429), all, "");
  }

  static LocalReply fault(Faults.Decision fault) {
    int status = fault.status() > 0 ? fault.status() : 200;
    int grpc = fault.grpcStatus() > 0 ? fault.grpcStatus() : grpcStatus(status);
    return new LocalReply(status, grpc, List.of(), "fault filter abort");
  }

  /** Words for the client: enough to find the cause, nothing about who is behind us. */
  private static String text(int status, Flag flag, String detail) {
    return switch (flag) {
      case UAEX -> status == 401 ? "Jwt verification fails" : "RBAC: access denied";
      case RL -> "local_rate_limited";
      case UT -> "upstream request timeout";
      case UH -> "no healthy upstream";
      case NR, NC, NFCF -> "";
      case UF, UC, UR, URX, UO, UPE ->
          "upstream connect error or disconnect/reset: " + flag.meaning();
      case DC, DPE, SI, FI, DI, LR -> detail;
    };
  }

  int bodyLength() {
    return body.length();
  }

  Headers head(Headers request) {
    Headers head = new Headers(8, 256);
    boolean grpc = RequestHeads.grpc(request);
    head.add(HeaderName.STATUS, Integer.toString(grpc ? 200 : status));
    if (grpc) {
      head.add(RequestHeads.CONTENT_TYPE, "application/grpc");
      head.add(GRPC_STATUS, Integer.toString(grpcStatus));
      if (!body.isEmpty()) {
        head.add(GRPC_MESSAGE, percentEncoded());
      }
    } else {
      boolean none = status == 204 || status == 304;
      if (!none) {
        head.add(HeaderName.CONTENT_LENGTH, Integer.toString(bytes().length));
      }
      if (!body.isEmpty() && !none) {
        head.add(RequestHeads.CONTENT_TYPE, "text/plain");
      }
    }
    for (Field field : fields) {
      if (!field.name().equals(RequestHeads.CONTENT_TYPE) || !head.contains(field.name())) {
        head.add(field.name(), field.value());
      }
    }
    return head;
  }

  /** As gRPC says: a field can hold no line breaks, and whose words these are we do not know. */
  private String percentEncoded() {
    StringBuilder text = new StringBuilder(body.length());
    for (byte b : bytes()) {
      boolean plain = b >= ' ' && b <= '~' && b != '%';
      text.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b & 0xff));
    }
    return text.toString();
  }

  private byte[] bytes() {
    return body.getBytes(StandardCharsets.UTF_8);
  }

  void send(MessageStream to, Headers head, Headers request) {
    boolean headOnly =
        body.isEmpty()
            || status == 204
            || status == 304
            || RequestHeads.grpc(request)
            || request.valueIs(request.find(HeaderName.METHOD), "HEAD");
    to.sendHeaders(head, headOnly);
    if (!headOnly) {
      ByteBuf content = Unpooled.wrappedBuffer(bytes());
      to.write(content);
      to.finish();
    }
    to.flush();
  }

  /** As gRPC maps HTTP statuses, and Envoy does for replies of its own. */
  static int grpcStatus(int status) {
    return switch (status) {
      case 400 -> 13;
      case 401 -> 16;
      case 403 -> 7;
      case 404 -> 12;
      case 429, 502, 503, 504 -> 14;
      default -> 2;
    };
  }
}
