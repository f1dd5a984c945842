package dev.marrow.waypoint.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What a peer sends must not break a line, and numbers and times are written as everybody does. */
class LogTextTest {
  private final LogText text = new LogText(8);

  private String written() {
    return new String(text.take(), StandardCharsets.UTF_8);
  }

  @Test
  void aPeersTextEndsNeitherTheLineNorTheQuotes() {
    text.quoted("a\"b\\c\nd\u007f\u00e9");

    assertThat(written()).isEqualTo("a\\\"b\\\\c\\u000ad\\u007f\\u00e9");
  }

  @Test
  void aWordHasNoBlanks() {
    assertThat(new LogText(4).word("a b\"c").take())
        .isEqualTo("a_b_c".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void numbersAreWrittenInFull() {
    for (long number : new long[] {0, 7, 10, 1234567890123L, -5, Long.MAX_VALUE, Long.MIN_VALUE}) {
      text.number(number);
      assertThat(written()).isEqualTo(Long.toString(number));
    }
  }

  @Test
  void timesHaveMillisecondsAlways() {
    for (String time :
        new String[] {
          "2026-11-23T06:33:36.184Z", "2026-11-23T06:33:36.004Z", "1969-12-31T23:59:59.999Z"
        }) {
      text.time(Instant.parse(time).toEpochMilli());
      assertThat(written()).isEqualTo(time);
    }
    text.time(0);
    assertThat(written()).isEqualTo("1970-01-01T00:00:00.000Z");
  }
}
