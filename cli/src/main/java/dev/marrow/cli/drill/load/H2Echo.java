package dev.marrow.cli.drill.load;

import dev.marrow.conformance.wire.Field;
import dev.marrow.conformance.wire.Frame;
import dev.marrow.conformance.wire.Frames;
import dev.marrow.conformance.wire.HpackDecoder;
import dev.marrow.conformance.wire.HpackEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.HashMap;
import java.util.Map;

/** An HTTP/2 app that sends bodies back; to gRPC with a status in trailers. */
public final class H2Echo {
  private record Request(boolean grpc, ByteArrayOutputStream body) {}

  private final H2Link link;
  private final HpackDecoder hpack = new HpackDecoder();
  private final Map<Integer, Request> open = new HashMap<>();

  private H2Echo(H2Link link) {
    this.link = link;
  }

  /** Serves one connection. */
  public static void serve(Socket socket) throws IOException {
    H2Link link = new H2Link(socket);
    link.expectPreface();
    H2Echo echo = new H2Echo(link);
    while (true) echo.take(link.next());
  }

  private void take(Frame frame) throws IOException {
    switch (frame.type()) {
      case Frame.HEADERS -> {
        boolean grpc =
            hpack.decode(block(frame)).stream()
                .anyMatch(f ->
                    f.name().equals("content-type") && f.value().startsWith("application/grpc"));
        open.put(frame.stream(), new Request(grpc, new ByteArrayOutputStream()));
        endIf(frame);
      }
      case Frame.DATA -> {
        Request request = open.get(frame.stream());
        if (request != null) request.body().writeBytes(content(frame));
        endIf(frame);
      }
      case Frame.RST_STREAM -> open.remove(frame.stream());
      default -> {}
    }
  }

  private void endIf(Frame frame) throws IOException {
    if (!frame.has(Frame.END_STREAM)) return;
    int id = frame.stream();
    Request request = open.remove(id);
    if (request == null) return;
    Field status = Field.of(":status", "200");
    byte[] head =
        request.grpc()
            ? HpackEncoder.encode(status, Field.of("content-type", "application/grpc"))
            : HpackEncoder.encode(status);
    link.write(Frames.headers(id, false, head));
    link.data(id, !request.grpc(), request.body().toByteArray());
    if (request.grpc()) {
      link.write(Frames.headers(id, true, HpackEncoder.encode(Field.of("grpc-status", "0"))));
    }
  }

  /** The header block without padding and priority. */
  static byte[] block(Frame frame) {
    byte[] payload = frame.payload();
    int start = frame.has(Frame.PADDED) ? 1 : 0;
    int end = payload.length - (frame.has(Frame.PADDED) ? payload[0] & 0xff : 0);
    if (frame.has(Frame.PRIORITY_FLAG)) start += 5;
    return java.util.Arrays.copyOfRange(payload, start, end);
  }

  /** The bytes of DATA without padding. */
  static byte[] content(Frame frame) {
    if (!frame.has(Frame.PADDED)) return frame.payload();
    byte[] payload = frame.payload();
    return java.util.Arrays.copyOfRange(payload, 1, payload.length - (payload[0] & 0xff));
  }
}
