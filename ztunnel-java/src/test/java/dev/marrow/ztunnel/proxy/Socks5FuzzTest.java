package dev.marrow.ztunnel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes from a SOCKS5 client: what is incomplete is left as it is. */
class Socks5FuzzTest {
  static Stream<byte[]> clients() {
    return Stream.of(
            "\5\1\0",
            "\5\2\1\2",
            "\5\1\0\1\177\0\0\1\0\120",
            "\5\1\0\3\3web\0\120",
            "\5\1\0\4" + "\0".repeat(16) + "\0\120",
            "\4\1")
        .map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @MethodSource("clients")
  @FuzzTest
  void aMessageIsCompleteOrUntouched(byte[] input) {
    untouchedWhenIncomplete(input, true);
    untouchedWhenIncomplete(input, false);
  }

  private static void untouchedWhenIncomplete(byte[] input, boolean greeting) {
    ByteBuf in = Unpooled.wrappedBuffer(input);
    Socks5.Message message = greeting ? Socks5.greeting(in) : Socks5.request(in);
    if (message instanceof Socks5.Message.Incomplete) {
      assertThat(in.readerIndex()).isZero();
    }
    in.release();
  }
}
