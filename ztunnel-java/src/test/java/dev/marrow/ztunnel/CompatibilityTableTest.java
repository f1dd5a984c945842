package dev.marrow.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.hbone.SteadyEpoll;
import dev.marrow.ztunnel.dns.DnsMetrics;
import dev.marrow.ztunnel.proxy.Counters;
import dev.marrow.ztunnel.report.ConnectionFacts;
import dev.marrow.ztunnel.report.Flag;
import dev.marrow.ztunnel.report.LogFilter;
import dev.marrow.ztunnel.report.LogSink;
import dev.marrow.ztunnel.report.Logs;
import dev.marrow.ztunnel.report.Metrics;
import dev.marrow.ztunnel.report.Party;
import dev.marrow.ztunnel.report.Reporter;
import dev.marrow.ztunnel.report.Reports;
import dev.marrow.ztunnel.report.ServiceName;
import dev.marrow.ztunnel.report.TrafficMetrics;
import dev.marrow.ztunnel.settings.Knob;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads docs/ztunnel-compat.md against this build. */
class CompatibilityTableTest {
  private static final String TABLE = read();

  private static String read() {
    try {
      return Files.readString(Path.of("../docs/ztunnel-compat.md"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @EnumSource(Knob.class)
  void everyKnobHasItsRowWithItsDefault(Knob knob) {
    String fallback = knob.fallback().isEmpty() ? "" : "`" + knob.fallback() + "`";

    assertThat(TABLE).contains("| `" + knob.name() + "` | " + fallback + " | ");
  }

  @Test
  void noRowNamesAKnobThatIsNotThere() {
    var rows = Pattern.compile("^\\| `([A-Z][A-Z0-9_]+)` \\|", Pattern.MULTILINE).matcher(TABLE);

    assertThat(rows.results().map(r -> r.group(1)))
        .allSatisfy(name -> assertThat(Knob.named(name)).isPresent());
  }

  @Test
  void everyMetricAndLabelHasItsRow() {
    String text = everything();
    Set<String> names =
        Pattern.compile("^# TYPE (\\S+)", Pattern.MULTILINE)
            .matcher(text)
            .results()
            .map(r -> r.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> labels =
        Pattern.compile("([a-z_]+)=\"")
            .matcher(text.lines().filter(l -> l.startsWith("istio_tcp_c")).findFirst().orElse(""))
            .results()
            .map(r -> r.group(1))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(names).hasSizeGreaterThan(20);
    assertThat(names).allSatisfy(name -> assertThat(TABLE).contains("`" + name + "`"));
    assertThat(labels).hasSizeGreaterThan(20);
    assertThat(labels).allSatisfy(label -> assertThat(TABLE).contains("`" + label + "`"));
  }

  static Stream<String> shown() {
    return Pattern.compile("`([A-Za-z]+Test#[A-Za-z0-9]+)`")
        .matcher(TABLE)
        .results()
        .map(found -> found.group(1))
        .distinct();
  }

  @ParameterizedTest
  @MethodSource("shown")
  void everyTestThatIsNamedExists(String test) throws IOException {
    String[] parts = test.split("#");
    try (Stream<Path> files =
        Files.find(Path.of(".."), 12, (file, _) -> file.endsWith(parts[0] + ".java"))) {
      // Modules may have tests of one name; the table means any of them.
      List<Path> named = files.filter(each -> !each.toString().contains("target")).toList();

      assertThat(named)
          .anySatisfy(
              file -> assertThat(Files.readString(file)).contains(" void " + parts[1] + "("));
    }
  }

  @ParameterizedTest
  @EnumSource(Flag.class)
  void everyResponseFlagIsNamed(Flag flag) {
    assertThat(TABLE).contains("`" + flag.text() + "`");
  }

  @ParameterizedTest
  @ValueSource(ints = {15001, 15006, 15008, 15053, 15080, 15000, 15020, 15021})
  void everyPortHasItsRow(int port) {
    assertThat(TABLE).contains("\n| " + port + " | same |");
  }

  private static String everything() {
    var metrics = new Metrics();
    try (var sink = new LogSink(OutputStream.nullOutputStream(), false, 100)) {
      var group = new MultiThreadIoEventLoopGroup(1, SteadyEpoll.newFactory());
      ProcessMetrics.register(metrics, sink, group, "test");
      new Counters(metrics);
      new DnsMetrics(metrics);
      var traffic = new TrafficMetrics(metrics, Duration.ofMinutes(1), 10, System::nanoTime);
      var logs = new Logs(sink, LogFilter.parse("off"), Clock.systemUTC());
      var known = new Party(true, "w", "n", "c", "r", "a", "k", "r", "z", "p", "");
      var nobody = new InetSocketAddress(0);
      new Reports(logs.scope("access"), traffic, System::nanoTime)
          .open(
              new ConnectionFacts(
                  Reporter.SOURCE, nobody, known, nobody, "", known, ServiceName.NONE, true),
              0)
          .close(Flag.OK, "");
      group.shutdownGracefully();
      return metrics.text(false);
    }
  }
}
