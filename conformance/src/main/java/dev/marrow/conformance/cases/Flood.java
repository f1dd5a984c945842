package dev.marrow.conformance.cases;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.wire.Frame;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.LinkClosed;
import dev.marrow.conformance.wire.Tunnel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Attacks on one connection while an innocent tunnel on another has to go on. Every attack is
 * bounded in count and in time.
 */
final class Flood {
  private static final Duration MOST_TIME = Duration.ofSeconds(8);
  // Of one connection; a runtime that collects garbage may need some room for it.
  private static final long MOST_GROWTH = 64L << 20;
  private static final Duration QUIET = Duration.ofMillis(3000);
  private static final int ROUNDS = 5;
  private static final int LEAST_RATE = 2_000;
  private static final String TOOK_ALL = "took all of it without a limit";

  /** Sends the attack; returns normally when all of it was taken. */
  @FunctionalInterface
  interface Attack {
    void run(H2Link attacker) throws IOException;
  }

  /** How the target met an attack. */
  enum Outcome {
    /** It ended the connection or said that it will. */
    CUT_OFF,
    /** It stopped reading. */
    HELD_BACK,
    /** It took everything. */
    TOOK_ALL
  }

  private Flood() {}

  /** As {@link #judge}; but what came slower than a flood comes tells nothing of a limit. */
  static Verdict judgeRate(Bench bench, int requests, Attack attack) throws IOException {
    long[] took = new long[1];
    Verdict verdict =
        judge(
            bench,
            true,
            h2 -> {
              long start = System.nanoTime();
              attack.run(h2);
              took[0] = System.nanoTime() - start;
            });
    long each = Math.round(requests / (took[0] / 1e9));
    return verdict.observed().equals(TOOK_ALL) && each < LEAST_RATE
        ? new Verdict.Error(
            "could not be judged: %d requests a second are no flood (expected: >= %d; this machine is too busy)"
                .formatted(each, LEAST_RATE))
        : verdict;
  }

  /** The innocent must live; {@code mustStop} says that the attacker must not get through. */
  static Verdict judge(Bench bench, boolean mustStop, Attack attack) throws IOException {
    Tunnel victim = bench.tunnel(bench.h2(), Behaviour.ECHO);
    if (!H2Checks.echoes(bench, victim)) {
      return new Verdict.Error("positive control failed");
    }
    H2Link attacker = bench.h2().impolite().stingy();
    Optional<Long> before = residentBytes(bench);
    Outcome outcome = outcome(bench, attacker, attack);
    for (int i = 0; i < ROUNDS; i++) {
      if (!H2Checks.echoes(bench, victim)) {
        return new Verdict.Fail("an innocent tunnel died (%s)".formatted(outcome));
      }
    }
    if (!bench.attempt(bench.offer()).echoed()) {
      return new Verdict.Fail("serves nobody any more (%s)".formatted(outcome));
    }
    Optional<Long> after = residentBytes(bench);
    if (before.isPresent() && after.isPresent() && after.get() - before.get() > MOST_GROWTH) {
      return new Verdict.Fail(
          "grew by more than %d MiB (%s)".formatted(MOST_GROWTH >> 20, outcome));
    }
    return mustStop && outcome == Outcome.TOOK_ALL
        ? new Verdict.Fail(TOOK_ALL)
        : new Verdict.Pass("innocent tunnels live; the attacker was met with " + outcome);
  }

  /** What the target's process occupies, if its owner says which one it is. */
  private static Optional<Long> residentBytes(Bench bench) throws IOException {
    if (!bench.target().hooks().has("pid")) {
      return Optional.empty();
    }
    try {
      long pid = Long.parseLong(bench.hook("pid", Map.of()).strip());
      Optional<Long> resident =
          Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
              .filter(line -> line.startsWith("VmRSS:"))
              .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
              .findFirst();
      bench.transcript().add("target occupies %d KiB", resident.orElse(0L) >> 10);
      return resident;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (NumberFormatException e) {
      throw new IOException("hook 'pid': prints no number", e);
    }
  }

  private static Outcome outcome(Bench bench, H2Link attacker, Attack attack) {
    CompletableFuture<Outcome> done = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> done.complete(play(bench, attacker, attack)));
    try {
      return done.get(MOST_TIME.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      attacker.close();
      return Outcome.HELD_BACK;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Outcome.HELD_BACK;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Outcome play(Bench bench, H2Link attacker, Attack attack) {
    try {
      attack.run(attacker);
      // What it answers to the attack may take long to read: the end is when nothing more comes.
      Optional<Frame> next = attacker.next(QUIET);
      while (next.isPresent() && !next.get().is(Frame.GOAWAY)) {
        next = attacker.next(QUIET);
      }
      return next.isPresent() ? Outcome.CUT_OFF : Outcome.TOOK_ALL;
    } catch (LinkClosed e) {
      return Outcome.CUT_OFF;
    } catch (IOException e) {
      bench.transcript().add("attack: %s", String.valueOf(e.getMessage()));
      return Outcome.CUT_OFF;
    }
  }
}
