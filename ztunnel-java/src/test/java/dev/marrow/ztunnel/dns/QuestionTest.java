package dev.marrow.ztunnel.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class QuestionTest {
  @Test
  void aNameHas253CharactersAtMostDotsIncluded() {
    String most = "a".repeat(63) + "." + "b".repeat(63) + "." + "c".repeat(63) + ".";

    assertThat(Question.parse(query(most + "d".repeat(61))))
        .hasValueSatisfying(question -> assertThat(question.name()).hasSize(253));
    assertThat(Question.parse(query(most + "d".repeat(62)))).isEmpty();
    assertThat(Question.parse(query("a." + most + "d".repeat(60)))).isEmpty();
  }

  private static ByteBuf query(String name) {
    ByteBuf query = Unpooled.buffer().writeShort(7).writeShort(0x0100).writeShort(1).writeZero(6);
    for (String label : name.split("\\.")) {
      query.writeByte(label.length()).writeCharSequence(label, StandardCharsets.US_ASCII);
    }
    return query.writeByte(0).writeShort(Question.A).writeShort(1);
  }
}
