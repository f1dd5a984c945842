package dev.marrow.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StreamTableTest {
  @Test
  void theLastClosedStreamsAreRememberedAndOlderOnesForgotten() {
    var table = new StreamTable();

    for (int id = 1; id < 2 * 600; id += 2) {
      table.remember(id);
    }

    assertThat(table.endOf(1)).isEqualTo(StreamTable.End.UNKNOWN);
    assertThat(table.endOf(2 * 600 - 2 * 512 - 1)).isEqualTo(StreamTable.End.UNKNOWN);
    assertThat(table.endOf(2 * 600 - 2 * 512 + 1)).isEqualTo(StreamTable.End.RESET_BY_US);
    assertThat(table.endOf(2 * 600 - 1)).isEqualTo(StreamTable.End.RESET_BY_US);
    assertThat(table.endOf(2 * 600 + 1)).isEqualTo(StreamTable.End.UNKNOWN);
  }
}
