package dev.marrow.waypoint.filter;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.waypoint.authorize.Caller;
import dev.marrow.waypoint.route.HeaderChange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The few messages of {@code envoy.service.auth.v3.Authorization} that we send and understand, with
 * gRPC's five bytes in front. Field numbers are Envoy's.
 */
public final class AuthorizationMessages {
  private static final HeaderName COOKIE = HeaderName.of("cookie");

  /** What the authorizer decided. */
  public record Decision(
      boolean allowed,
      int status,
      String body,
      List<HeaderChange.Field> set,
      List<HeaderChange.Field> append,
      List<HeaderName> remove,
      List<HeaderChange.Field> onResponse) {}

  private AuthorizationMessages() {}

  /**
   * A CheckRequest.
   *
   * @param shown the headers that are; none: all
   */
  public static byte[] question(
      Headers request,
      List<HeaderName> shown,
      byte[] body,
      Caller caller,
      InetSocketAddress source,
      InetSocketAddress destination) {
    byte[] attributes =
        Wire.message(out -> {
          out.writeByteArray(1, peer(source, caller.principal()));
          out.writeByteArray(2, peer(destination, ""));
          out.writeByteArray(4, Wire.message(r -> r.writeByteArray(2, http(request, shown, body))));
        });
    return GrpcFrame.of(Wire.message(out -> out.writeByteArray(1, attributes)));
  }

  private static byte[] peer(InetSocketAddress address, String principal) {
    byte[] socket =
        Wire.message(out -> {
          out.writeString(2, address.getAddress().getHostAddress());
          out.writeUInt32(3, address.getPort());
        });
    byte[] wrapped = Wire.message(out -> out.writeByteArray(1, socket));
    return Wire.message(out -> {
      out.writeByteArray(1, wrapped);
      if (!principal.isEmpty()) {
        out.writeString(4, "spiffe://" + principal);
      }
    });
  }

  private static byte[] http(Headers request, List<HeaderName> shown, byte[] body) {
    return Wire.message(out -> {
      out.writeString(2, text(request, HeaderName.METHOD));
      for (int i = 0; i < request.size(); i++) {
        HeaderName name = HeaderName.of(request.name(i));
        boolean open = shown.isEmpty() || shown.contains(name) || name.toString().startsWith(":");
        if (open && request.find(name) == i) {
          out.writeByteArray(
              3,
              Wire.message(entry -> {
                entry.writeString(1, name.toString());
                entry.writeString(2, list(request, name));
              }));
        }
      }
      out.writeString(4, text(request, HeaderName.PATH));
      out.writeString(5, text(request, HeaderName.AUTHORITY));
      out.writeString(6, "http");
      boolean known = request.contains(HeaderName.CONTENT_LENGTH);
      out.writeInt64(9, known ? Long.parseLong(text(request, HeaderName.CONTENT_LENGTH)) : -1);
      out.writeString(10, "HTTP/1.1");
      if (body.length > 0) {
        if (utf8(body)) {
          out.writeByteArray(11, body);
        } else {
          out.writeByteArray(12, body);
        }
      }
    });
  }

  /** The message has a map: of several values under one name it would show the last only. */
  private static String list(Headers request, HeaderName name) {
    List<String> values = new ArrayList<>();
    for (int i = request.find(name); i >= 0; i = request.find(name, i + 1)) {
      values.add(request.value(i));
    }
    return String.join(name.equals(COOKIE) ? "; " : ",", values);
  }

  /** What is no text goes into the field for bytes: a string must be UTF-8. */
  private static boolean utf8(byte[] body) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static String text(Headers request, HeaderName name) {
    return request.first(name).orElse("");
  }

  /** Reads a CheckResponse; empty if it is none. */
  public static Optional<Decision> answer(byte[] body) {
    try {
      Optional<byte[]> message = GrpcFrame.message(body);
      return message.isEmpty()
          ? Optional.empty()
          : Optional.of(response(CodedInputStream.newInstance(message.get())));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Decision response(CodedInputStream in) throws IOException {
    int code = 0;
    Parts parts = new Parts();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> code = code(Wire.nested(in));
        case 2 -> denied(Wire.nested(in), parts);
        case 3 -> allowed(Wire.nested(in), parts);
        default -> in.skipField(tag);
      }
    }
    return new Decision(
        code == 0,
        parts.status,
        parts.body,
        parts.set,
        parts.append,
        parts.remove,
        parts.onResponse);
  }

  private static final class Parts {
    int status = 403;
    String body = "";
    final List<HeaderChange.Field> set = new ArrayList<>();
    final List<HeaderChange.Field> append = new ArrayList<>();
    final List<HeaderName> remove = new ArrayList<>();
    final List<HeaderChange.Field> onResponse = new ArrayList<>();
  }

  private static int code(CodedInputStream in) throws IOException {
    int code = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == 1) {
        code = in.readInt32();
      } else {
        in.skipField(tag);
      }
    }
    return code;
  }

  private static void denied(CodedInputStream in, Parts parts) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> {
          int status = code(Wire.nested(in));
          parts.status = status >= 200 && status <= 599 ? status : 403;
        }
        case 2 -> header(Wire.nested(in), parts.set, parts.set);
        case 3 -> parts.body = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
  }

  private static void allowed(CodedInputStream in, Parts parts) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 2 -> header(Wire.nested(in), parts.set, parts.append);
        case 6 -> header(Wire.nested(in), parts.onResponse, parts.onResponse);
        case 5 -> parts.remove.add(HeaderName.of(in.readStringRequireUtf8()));
        default -> in.skipField(tag);
      }
    }
  }

  /** A HeaderValueOption: the header, and whether it is appended. */
  private static void header(
      CodedInputStream in, List<HeaderChange.Field> set, List<HeaderChange.Field> appended)
      throws IOException {
    String name = "";
    String value = "";
    boolean append = false;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> {
          CodedInputStream pair = Wire.nested(in);
          for (int inner = pair.readTag(); inner != 0; inner = pair.readTag()) {
            switch (WireFormat.getTagFieldNumber(inner)) {
              case 1 -> name = pair.readStringRequireUtf8();
              case 2 -> value = pair.readStringRequireUtf8();
              default -> pair.skipField(inner);
            }
          }
        }
        case 2 -> append = code(Wire.nested(in)) != 0;
        default -> in.skipField(tag);
      }
    }
    if (!name.isEmpty() && name.charAt(0) != ':') {
      HeaderChange.Field field = new HeaderChange.Field(HeaderName.of(name), value);
      (append ? appended : set).add(field);
    }
  }
}
