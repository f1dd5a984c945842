package dev.marrow.cli.local.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.marrow.cli.local.plan.Probe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root for the mount and host name namespaces; the network is this machine's own. */
class SupervisedTest {
  private static final Map<String, String> PATHS = Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");

  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void onlyRootMayDoThis() throws IOException {
    assumeThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid")).isEqualTo(0);
    Files.writeString(folder.resolve("hosts"), "127.0.0.1 localhost\n198.18.9.9 nobody.test\n");
    Files.writeString(folder.resolve("resolv.conf"), "nameserver 198.19.0.10\n");
  }

  private Launch launch(String script) {
    return new Launch(
        "shop/web/app",
        Path.of("/proc/self/ns/net"),
        "web-1",
        List.of("sh", "-c", script),
        "/tmp",
        PATHS,
        folder,
        folder.resolve("log"),
        new Probe.Alive(),
        "127.0.0.1",
        Duration.ofMillis(300));
  }

  private static void turnUntil(Supervised process, BooleanSupplier done) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!done.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as("still not so after 20 s").isNegative();
      process.tick(Instant.now());
      LockSupport.parkNanos(10_000_000);
    }
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void aProcessHasItsOwnNamesAndTheMachineKeepsIts() throws IOException {
    String before = Files.readString(Path.of("/etc/hosts"));
    Supervised process =
        Supervised.of(
            launch(
                "cat /proc/sys/kernel/hostname /etc/hosts /etc/resolv.conf; pwd; echo end; sleep 60"),
            Instant.now());

    turnUntil(process, () -> log().contains("end"));
    process.stop(Instant.now());
    turnUntil(process, process::hasEnded);

    assertThat(log())
        .startsWith("web-1\n")
        .contains("198.18.9.9 nobody.test")
        .contains("198.19.0.10")
        .contains("/tmp\n");
    assertThat(Files.readString(Path.of("/etc/hosts"))).isEqualTo(before);
  }

  @Test
  void whatEndsIsStartedAgain() throws IOException {
    Supervised process =
        Supervised.of(
            launch(
                "echo start; [ -e %s/second ] || { touch %s/second; exit 3; }; sleep 60"
                    .formatted(folder, folder)),
            Instant.now());

    turnUntil(process, () -> log().equals("start\nstart\n") && process.ready());

    assertThat(process.restarts()).isEqualTo(1);
    process.stop(Instant.now());
    turnUntil(process, process::hasEnded);
  }

  @Test
  void whatDoesNotEndWhenAskedIsKilledWithAllItStarted() throws IOException {
    Supervised process =
        Supervised.of(launch("trap '' TERM; sleep 300 & echo $!; wait; sleep 300"), Instant.now());
    turnUntil(process, () -> log().endsWith("\n"));
    long child = Long.parseLong(log().strip());

    process.stop(Instant.now());
    turnUntil(process, process::hasEnded);

    turnUntil(process, () -> ProcessHandle.of(child).filter(ProcessRecord::lives).isEmpty());
  }

  @Test
  void aSuccessorGoesOnWithTheSameProcess() throws IOException {
    Supervised first = Supervised.of(launch("sleep 60"), Instant.now());
    turnUntil(first, first::ready);

    Supervised second = Supervised.of(launch("sleep 60"), Instant.now());

    assertThat(second.pid()).isEqualTo(first.pid());
    assertThat(second.ready()).as("as it was before").isTrue();
    second.stop(Instant.now());
    turnUntil(second, second::hasEnded);
  }

  @Test
  void aSuccessorTakesOverOnlyWhenItIsReadyAndThenTheOldOneIsAskedToEnd() throws IOException {
    Supervised process =
        Supervised.of(
            launch(
                "trap 'echo asked; exit 0' TERM; if [ -n \"$MARROW_READY_FILE\" ]; then while [ ! -e "
                    + folder.resolve("go")
                    + " ]; do sleep 0.05; done; touch \"$MARROW_READY_FILE\"; fi; while :; do sleep 0.05; done"),
            Instant.now());
    turnUntil(process, process::ready);
    long first = process.pid();

    process.replace(Instant.now());
    turnUntil(process, () -> true);
    assertThat(process.pid()).isEqualTo(first);
    Files.writeString(folder.resolve("go"), "");
    turnUntil(process, () -> process.pid() != first && process.predecessors().isEmpty());

    assertThat(log()).contains("asked");
    assertThat(process.running()).isTrue();
    process.stop(Instant.now());
    turnUntil(process, process::hasEnded);
  }

  @Test
  void aSuccessorThatEndsBeforeItIsReadyChangesNothing() throws IOException {
    Supervised process =
        Supervised.of(
            launch("if [ -n \"$MARROW_READY_FILE\" ]; then echo gone; exit 1; fi; sleep 60"),
            Instant.now());
    turnUntil(process, process::ready);
    long first = process.pid();

    process.replace(Instant.now());
    turnUntil(process, () -> log().contains("gone"));
    turnUntil(process, process::ready);

    assertThat(process.pid()).isEqualTo(first);
    process.stop(Instant.now());
    turnUntil(process, process::hasEnded);
  }
}
