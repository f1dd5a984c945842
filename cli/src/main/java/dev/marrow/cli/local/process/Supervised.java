package dev.marrow.cli.local.process;

import dev.marrow.cli.local.network.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process that should run: started, watched, started again when it ends, and stopped in order.
 * Confined to the supervisor's thread, which calls {@link #tick} several times a second.
 */
public final class Supervised {
  private static final Logger log = LoggerFactory.getLogger(Supervised.class);
  private static final Duration HAND_OVER_PATIENCE = Duration.ofSeconds(30);

  private sealed interface State {}

  private record Waiting(Instant until) implements State {}

  private record Running(ProcessHandle process, Instant since) implements State {}

  /** A successor starts beside it; {@code ready} is the file the successor makes when it is. */
  private record HandingOver(
      ProcessHandle process, Instant since, ProcessHandle next, Path ready, Instant giveUpAt)
      implements State {}

  private record Stopping(ProcessHandle process, Instant killAt) implements State {}

  private record Ended() implements State {}

  private final Launch launch;
  private final Readiness readiness;
  private State state;
  private Backoff backoff = Backoff.NONE;
  private final List<Stopping> predecessors = new ArrayList<>();
  private int restarts;

  private Supervised(Launch launch, State state) {
    this.launch = launch;
    this.state = state;
    this.readiness = new Readiness(launch.readiness(), launch.probeAddress());
  }

  /** Takes over the process a former supervisor left, or starts one at the next tick. */
  public static Supervised of(Launch launch, Instant now) throws IOException {
    Optional<ProcessHandle> living = ProcessRecord.find(launch.record());
    living.ifPresent(
        process -> log.info("{}: goes on with process {}", launch.name(), process.pid()));
    Supervised supervised =
        new Supervised(
            launch,
            living.<State>map(process -> new Running(process, now)).orElse(new Waiting(now)));
    if (living.isPresent()) supervised.readiness.assume();
    return supervised;
  }

  public Launch launch() {
    return launch;
  }

  public void tick(Instant now) {
    predecessors.removeIf(old -> !ProcessRecord.lives(old.process()));
    for (Stopping old : predecessors) {
      if (now.isAfter(old.killAt())) signal("KILL", "-" + old.process().pid());
    }
    switch (state) {
      case Waiting(Instant until) when !now.isBefore(until) -> start(now);
      case Running(ProcessHandle process, Instant since) when !ProcessRecord.lives(process) ->
          restartLater(process, since, now);
      case Running(ProcessHandle process, Instant since) -> readiness.ask(process.pid(), now);
      case HandingOver over -> handOver(over, now);
      case Stopping(ProcessHandle process, Instant killAt) when !ProcessRecord.lives(process) ->
          ended();
      case Stopping(ProcessHandle process, Instant killAt) when now.isAfter(killAt) -> {
        log.warn(
            "{}: did not end in {}, killing process {}",
            launch.name(),
            launch.grace(),
            process.pid());
        signal("KILL", "-" + process.pid());
        state = new Stopping(process, now.plusSeconds(5));
      }
      case Waiting waiting -> {}
      case Stopping stopping -> {}
      case Ended ended -> {}
    }
  }

  private void start(Instant now) {
    try {
      ProcessHandle process = spawn(Map.of());
      ProcessRecord.of(process).write(launch.record());
      state = new Running(process, now);
    } catch (IOException e) {
      log.error("{}: not started: {}", launch.name(), e.getMessage());
      backoff = backoff.after(now, now);
      state = new Waiting(now.plus(backoff.delay()));
    }
  }

  /**
   * Starts a successor beside the process; when it is ready the process is asked to end. Only for
   * programs that make a ready file and can share their ports.
   */
  public void replace(Instant now) {
    if (!(state instanceof Running(ProcessHandle process, Instant since))) return;
    try {
      Path ready =
          launch.folder().resolve(launch.name().replace('/', '.') + ".ready." + now.toEpochMilli());
      ProcessHandle next = spawn(Map.of("MARROW_READY_FILE", ready.toString()));
      state = new HandingOver(process, since, next, ready, now.plus(HAND_OVER_PATIENCE));
    } catch (IOException e) {
      log.error("{}: no successor: {}", launch.name(), e.getMessage());
    }
  }

  /** Asks the process to end; it is started again at once. */
  public void interrupt() {
    if (state instanceof Running(ProcessHandle process, Instant since))
      signal("TERM", "-" + process.pid());
  }

  private void handOver(HandingOver over, Instant now) {
    if (Files.exists(over.ready())) {
      signal("TERM", "-" + over.process().pid());
      predecessors.add(new Stopping(over.process(), now.plus(launch.grace())));
      adopt(over.next(), now);
      log.info("{}: process {} takes over", launch.name(), over.next().pid());
    } else if (!ProcessRecord.lives(over.next()) || now.isAfter(over.giveUpAt())) {
      log.error("{}: its successor did not become ready; it goes on", launch.name());
      signal("KILL", "-" + over.next().pid());
      state = new Running(over.process(), over.since());
    } else if (!ProcessRecord.lives(over.process())) {
      log.warn("{}: ended before its successor was ready", launch.name());
      readiness.reset();
      adopt(over.next(), now);
    }
  }

  private void adopt(ProcessHandle process, Instant now) {
    state = new Running(process, now);
    try {
      ProcessRecord.of(process).write(launch.record());
    } catch (IOException e) {
      log.warn("{}: {}", launch.record(), e.toString());
    }
  }

  private ProcessHandle spawn(Map<String, String> more) throws IOException {
    Path script = launch.folder().resolve("start.sh");
    if (!Files.exists(script)) Files.writeString(script, StartScript.TEXT);
    List<String> command =
        new ArrayList<>(
            List.of(
                "setsid",
                "nsenter",
                "--net=" + launch.netns(),
                "unshare",
                "--mount",
                "--uts",
                "--propagation",
                "slave"));
    command.addAll(
        List.of(
            "sh",
            script.toString(),
            launch.folder().toString(),
            launch.hostname(),
            launch.directory()));
    command.addAll(launch.command());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(launch.environment());
    builder.environment().putAll(more);
    builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(launch.log().toFile()));
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    return builder.start().toHandle();
  }

  private void restartLater(ProcessHandle process, Instant since, Instant now) {
    // What it started itself must not go on beside its successor.
    signal("KILL", "-" + process.pid());
    readiness.reset();
    restarts++;
    backoff = backoff.after(since, now);
    state = new Waiting(now.plus(backoff.delay()));
    log.warn(
        "{}: process {} ended, starting again in {} ms",
        launch.name(),
        process.pid(),
        backoff.delay().toMillis());
  }

  /** Asks the process to end; {@link #ended} tells when it did. */
  public void stop(Instant now) {
    switch (state) {
      case Waiting waiting -> ended();
      case Running(ProcessHandle process, Instant since) -> {
        signal("TERM", "-" + process.pid());
        readiness.reset();
        state = new Stopping(process, now.plus(launch.grace()));
      }
      case HandingOver over -> {
        signal("TERM", "-" + over.next().pid());
        signal("TERM", "-" + over.process().pid());
        predecessors.add(new Stopping(over.next(), now.plus(launch.grace())));
        readiness.reset();
        state = new Stopping(over.process(), now.plus(launch.grace()));
      }
      case Stopping stopping -> {}
      case Ended ended -> {}
    }
  }

  private void ended() {
    state = new Ended();
    try {
      Files.deleteIfExists(launch.record());
    } catch (IOException e) {
      log.warn("{}: {}", launch.record(), e.toString());
    }
  }

  /** The process leads a session of its own: everything it started gets the signal too. */
  private static void signal(String name, String group) {
    try {
      Shell.execute(List.of("sh", "-c", "kill -s " + name + " -- " + group), "");
    } catch (IOException e) {
      log.warn("kill -{} {}: {}", name, group, e.toString());
    }
  }

  public boolean hasEnded() {
    return state instanceof Ended;
  }

  public boolean ready() {
    return running() && readiness.ready();
  }

  public boolean running() {
    return state instanceof Running || state instanceof HandingOver;
  }

  /** Processes that gave way to a successor and have not ended yet. */
  public List<Long> predecessors() {
    return predecessors.stream().map(old -> old.process().pid()).toList();
  }

  public int restarts() {
    return restarts;
  }

  /** The process id; 0 while none runs. */
  public long pid() {
    return switch (state) {
      case Running(ProcessHandle process, Instant since) -> process.pid();
      case HandingOver over -> over.process().pid();
      case Stopping(ProcessHandle process, Instant killAt) -> process.pid();
      case Waiting waiting -> 0;
      case Ended ended -> 0;
    };
  }
}
