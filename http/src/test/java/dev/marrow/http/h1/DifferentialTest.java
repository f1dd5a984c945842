package dev.marrow.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Netty's decoder as oracle. We may be stricter; we must never accept what it refuses, and where
 * both accept, we must have read the same request.
 */
class DifferentialTest {
  private static final String[] PIECES = {
    "GET ",
    "POST ",
    "/",
    "/a?b",
    " HTTP/1.1",
    " HTTP/1.0",
    "\r\n",
    "\n",
    "Host: h\r\n",
    "Host: h",
    "Content-Length: 3\r\n",
    "Content-Length: 0\r\n",
    "Transfer-Encoding: chunked\r\n",
    "abc",
    "\t",
    "3\r\nabc\r\n0\r\n\r\n",
    "x: y\r\n",
    "x:\r\n",
    " ",
    ":",
    "\r",
    "\0",
    "é",
    "\r\n\r\n",
    "X-Y: a b \r\n",
  };

  private static final String[] SOUND = {
    "GET /a HTTP/1.1\r\nHost: h\r\n\r\n",
    "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nx: y\r\n\r\nabc",
    "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
  };

  private record Read(String method, String path, String fields, String body) {}

  @Test
  void whateverWeAcceptNettyReadsInTheSameWay() {
    int accepted = 0;
    for (int seed = 0; seed < 60_000; seed++) {
      String wire = mutate(new Random(seed));
      Read ours = ours(wire);
      if (ours != null) {
        accepted++;
        assertThat(ours).as("seed %d: %s", seed, wire).isEqualTo(netty(wire));
      }
    }
    assertThat(accepted).isGreaterThan(1000);
  }

  private static String mutate(Random random) {
    StringBuilder text = new StringBuilder(SOUND[random.nextInt(SOUND.length)]);
    for (int i = random.nextInt(4); i > 0; i--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(3)) {
        case 0 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
        case 1 -> text.deleteCharAt(at);
        default -> text.setCharAt(at, (char) random.nextInt(256));
      }
    }
    return text.toString();
  }

  private static @org.jspecify.annotations.Nullable Read ours(String wire) {
    RequestReader reader = new RequestReader(Limits.DEFAULT);
    BodyReader body = new BodyReader(Limits.DEFAULT);
    ByteBuf in = Unpooled.copiedBuffer(wire, StandardCharsets.ISO_8859_1);
    reader.reset();
    if (reader.read(in) != HeadReader.Progress.COMPLETE) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    body.begin(reader.body());
    body.read(
        in,
        bytes -> {
          text.append(bytes.toString(StandardCharsets.ISO_8859_1));
          bytes.release();
        });
    // Differences on purpose: Netty leaves absolute targets as they are, and does not know the
    // versions 1.2 to 1.9 that RFC 9110 §2.5 has us read as 1.1.
    boolean beyondNetty = wire.contains("://") || wire.matches("(?s).*HTTP/1\\.[2-9].*");
    if (!body.done() || beyondNetty || reader.connect()) {
      return null;
    }
    Headers headers = reader.headers();
    StringBuilder fields = new StringBuilder();
    fields.append("host=").append(headers.first(HeaderName.AUTHORITY).orElse("")).append('\n');
    for (int i = 4; i < headers.size(); i++) {
      fields.append(headers.name(i)).append('=').append(headers.value(i)).append('\n');
    }
    return new Read(headers.value(0), headers.value(3), sorted(fields), text.toString());
  }

  private static @org.jspecify.annotations.Nullable Read netty(String wire) {
    EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder());
    channel.writeInbound(Unpooled.copiedBuffer(wire, StandardCharsets.ISO_8859_1));
    HttpRequest request = channel.readInbound();
    StringBuilder text = new StringBuilder();
    boolean ok = request != null && request.decoderResult().isSuccess();
    for (Object next = channel.readInbound(); next instanceof HttpContent content; ) {
      ok &= content.decoderResult().isSuccess();
      text.append(content.content().toString(StandardCharsets.ISO_8859_1));
      content.release();
      next = next instanceof LastHttpContent ? null : channel.readInbound();
    }
    for (Object rest = channel.readInbound(); rest != null; rest = channel.readInbound()) {
      io.netty.util.ReferenceCountUtil.release(rest);
    }
    channel.finishAndReleaseAll();
    if (!ok || request == null) {
      return null;
    }
    StringBuilder fields = new StringBuilder();
    String host = request.headers().get("host", "");
    fields.append("host=").append(host).append('\n');
    request
        .headers()
        .forEach(e -> {
          String name = e.getKey().toLowerCase(java.util.Locale.ROOT);
          if (!name.equals("host")) {
            fields.append(name).append('=').append(e.getValue()).append('\n');
          }
        });
    return new Read(request.method().name(), request.uri(), sorted(fields), text.toString());
  }

  private static String sorted(StringBuilder fields) {
    return String.join("\n", fields.toString().lines().sorted().toList());
  }
}
