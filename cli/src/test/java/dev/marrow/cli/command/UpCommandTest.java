package dev.marrow.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.cli.Marrow;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpCommandTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--redirect=nft|--redirect: nft (expected: one of nftables, iptables)",
        "--set=proxy.A=1|--set: proxy (expected: one of ztunnel, waypoint, node-agent, control-plane)",
        "--set=A=1|--set: A (expected: PROGRAM.NAME=VALUE)",
      })
  void aWrongWordIsRefusedBeforeAnythingStarts(String option, String refusal) {
    var err = new StringWriter();

    int code = Marrow.commandLine().setErr(new PrintWriter(err)).execute("up", option);

    assertThat(code).isEqualTo(1);
    assertThat(err.toString().strip()).isEqualTo("marrow up: " + refusal);
  }
}
