package dev.marrow.ztunnel.dns;

import static dev.marrow.mesh.TestMesh.ip;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DnsWriterTest {
  private static final String QUERY =
      "123401000001000000000000" + "0443415254047368" + "6f7000" + "00010001";

  private static final Room PLAIN = Room.overUdp(Optional.empty());

  private static ByteBuf query() {
    return Unpooled.wrappedBuffer(HexFormat.of().parseHex(QUERY));
  }

  @Test
  void aQueryIsReadInLowerCaseAndAnsweredAsItWasSpelled() {
    ByteBuf query = query();
    Question question = Question.parse(query).orElseThrow();

    ByteBuf answer =
        DnsWriter.answer(
            ByteBufAllocator.DEFAULT,
            query,
            question,
            new Answer.Own("", List.of(ip("10.0.0.1"))),
            PLAIN);

    assertThat(question.name()).isEqualTo("cart.shop");
    assertThat(hex(answer))
        .isEqualTo(
            "1234"
                + "8580"
                + "0001000100000000"
                + "04434152540473686f7000"
                + "00010001"
                + "c00c00010001"
                + "0000001e"
                + "0004"
                + "0a000001");
    answer.release();
  }

  @Test
  void anAliasIsACnameWhoseNameOwnsTheAddresses() {
    ByteBuf query = query();
    Question question = Question.parse(query).orElseThrow();

    ByteBuf answer =
        DnsWriter.answer(
            ByteBufAllocator.DEFAULT,
            query,
            question,
            new Answer.Own("a.b", List.of(ip("10.0.0.1"))),
            PLAIN);

    assertThat(hex(answer))
        .endsWith(
            "c00c00050001"
                + "0000001e"
                + "0005"
                + "0161016200"
                + "c02700010001"
                + "0000001e"
                + "00040a000001");
    answer.release();
  }

  @Test
  void whatDoesNotFitIsLeftOutAndMarkedTruncated() {
    ByteBuf query = query();
    Question question = Question.parse(query).orElseThrow();
    var many = IntStream.range(0, 100).mapToObj(i -> ip("10.0.0." + i)).toList();

    ByteBuf answer =
        DnsWriter.answer(
            ByteBufAllocator.DEFAULT, query, question, new Answer.Own("", many), PLAIN);

    assertThat(answer.readableBytes()).isLessThanOrEqualTo(512);
    assertThat(answer.getUnsignedShort(2) & 0x0200).isNotZero();
    answer.release();
  }

  @ParameterizedTest(name = "a client that takes {0} bytes gets at most {1}")
  @CsvSource({"0, 512", "512, 512", "1232, 1232", "4096, 4096", "65535, 4096"})
  void aClientThatTakesLongerDatagramsGetsThem(int said, int most) {
    ByteBuf query = withOpt(said, 0);
    Question question = Question.parse(query).orElseThrow();
    Room room = Room.overUdp(Edns.find(query, question));
    var many = IntStream.range(0, 300).mapToObj(i -> ip("10.0.%d.1".formatted(i % 256))).toList();

    ByteBuf answer =
        DnsWriter.answer(ByteBufAllocator.DEFAULT, query, question, new Answer.Own("", many), room);

    assertThat(answer.readableBytes()).isBetween(most - 30, most);
    assertThat(answer.getUnsignedShort(2) & 0x0200).isNotZero();
    assertThat(answer.getUnsignedShort(10)).isOne();
    assertThat(hex(answer)).endsWith("0000291000" + "00000000" + "0000");
    answer.release();
  }

  @Test
  void aQueryThatIsPassedOnPromisesNoMoreThanWeCanTake() {
    ByteBuf query = withOpt(65535, 0);

    Edns.find(query, Question.parse(query).orElseThrow()).orElseThrow().cap(query);

    assertThat(hex(query)).endsWith("0000291000" + "00000000" + "0000");
  }

  @Test
  void aVersionOfEdnsThatWeDoNotKnowIsRefusedByItsCode() {
    ByteBuf query = withOpt(4096, 1);
    Question question = Question.parse(query).orElseThrow();
    Room room = Room.overUdp(Edns.find(query, question));

    ByteBuf answer =
        DnsWriter.failure(ByteBufAllocator.DEFAULT, query, question, DnsWriter.BAD_VERSION, room);

    assertThat(room.badVersion()).isTrue();
    assertThat(answer.getUnsignedShort(2) & 0xf).isZero();
    assertThat(hex(answer)).endsWith("0000291000" + "01000000" + "0000");
    answer.release();
  }

  private static ByteBuf withOpt(int bytes, int version) {
    ByteBuf query = Unpooled.buffer().writeBytes(query());
    query.setShort(10, 1);
    query.writeByte(0).writeShort(41).writeShort(bytes);
    return query.writeByte(0).writeByte(version).writeShort(0).writeShort(0);
  }

  @RepeatedTest(500)
  void garbageIsNoQuestionAndNeverThrows() {
    byte[] garbage = new byte[new Random().nextInt(80)];
    new Random().nextBytes(garbage);
    if (garbage.length > 6) {
      garbage[2] = 1;
      garbage[4] = 0;
      garbage[5] = 1;
    }

    Question.parse(Unpooled.wrappedBuffer(garbage));
  }

  private static String hex(ByteBuf bytes) {
    byte[] copy = new byte[bytes.readableBytes()];
    bytes.getBytes(bytes.readerIndex(), copy);
    return HexFormat.of().formatHex(copy);
  }
}
