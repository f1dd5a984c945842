package dev.marrow.ztunnel.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any datagram on the DNS port. */
class QuestionFuzzTest {
  static Stream<byte[]> datagrams() {
    return Stream.of(
            "\0\7\1\0\0\1\0\0\0\0\0\0\3web\4shop\0\0\1\0\1",
            "\0\7\1\0\0\1\0\0\0\0\0\0\3web\300\14\0\1\0\1",
            "\0\7\1\0\0\1\0\0\0\0\0\1\3web\4shop\0\0\1\0\1\0\0\51\377\377\0\0\0\0\0\0",
            "\0\7\201\200\0\1\0\0\0\0\0\0\0\0\34\0\1")
        .map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** What an upstream server sends is passed on unread, if it is an answer to what was asked. */
  @MethodSource("datagrams")
  @FuzzTest
  void anAnswerFromUpstreamIsOneToOurQuestionAndNothingIsTaken(byte[] input) {
    ByteBuf message = Unpooled.wrappedBuffer(input);

    boolean taken = Forwarder.isAnswer(message, 7);

    assertThat(taken)
        .isEqualTo(input.length >= 12 && input[0] == 0 && input[1] == 7 && input[2] < 0);
    assertThat(message.readerIndex()).isZero();
    message.release();
  }

  @MethodSource("datagrams")
  @FuzzTest
  void aQuestionLiesInsideItsDatagramAndNothingIsTaken(byte[] input) {
    ByteBuf message = Unpooled.wrappedBuffer(input);

    Question.parse(message)
        .ifPresent(question -> {
          assertThat(question.end()).isBetween(Question.HEADER_BYTES, input.length);
          assertThat(question.name()).hasSizeLessThanOrEqualTo(253);
          assertThat(question.spelled()).isEqualToIgnoringCase(question.name());
          Edns.find(message, question).ifPresent(edns -> edns.cap(message));
        });

    assertThat(message.readerIndex()).isZero();
    message.release();
  }
}
