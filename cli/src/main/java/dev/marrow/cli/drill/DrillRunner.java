package dev.marrow.cli.drill;

import dev.marrow.cli.drill.Outcome.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Does drills one after the other, each in a mesh of its own. Used by one thread. */
public final class DrillRunner {
  private final String prefix;
  private final Path home;
  private final Stage.Mode mode;
  private final Path out;
  private final Consumer<String> progress;

  public DrillRunner(
      String prefix, Path home, Stage.Mode mode, Path out, Consumer<String> progress) {
    this.prefix = prefix;
    this.home = home;
    this.mode = mode;
    this.out = out;
    this.progress = progress;
  }

  /**
   * Does one drill and takes its mesh down, whatever happened. One that could not be done is done
   * again with half of the load: a busy machine says nothing about the fault.
   */
  public Outcome run(Drill drill) throws IOException {
    progress.accept(drill.id() + " " + drill.title());
    Outcome outcome = once(drill, mode);
    Optional<Stage.Mode> calmer = mode.calmer();
    while (outcome.verdict() == Verdict.ERROR && calmer.isPresent()) {
      progress.accept(
          "%s again, at %.0f requests/s: %s"
              .formatted(drill.id(), calmer.get().rate(), outcome.trouble()));
      outcome = once(drill, calmer.get());
      calmer = calmer.get().calmer();
    }
    return outcome;
  }

  private Outcome once(Drill drill, Stage.Mode how) throws IOException {
    Path evidence = Files.createDirectories(out.resolve(drill.id()));
    DrillMesh mesh;
    long begun = System.nanoTime();
    try {
      mesh = DrillMesh.up(new DrillMesh.Place(prefix, home, line -> {}), drill.setup());
    } catch (IOException e) {
      double seconds = (System.nanoTime() - begun) / 1e9;
      String why = "no mesh: " + e.getMessage();
      return new Outcome(drill, Verdict.ERROR, seconds, List.of(), Map.of(), why, List.of());
    }
    try (mesh) {
      Outcome outcome = watched(drill, new Stage(mesh, how, evidence), how.patience());
      mesh.keepLogs(evidence.resolve("logs"));
      Files.write(evidence.resolve("events.txt"), outcome.events());
      return outcome;
    }
  }

  /** Performs it on a thread of its own, and interrupts that when it takes too long. */
  private static Outcome watched(Drill drill, Stage stage, Duration patience) throws IOException {
    FutureTask<Outcome> task = new FutureTask<>(() -> perform(drill, stage));
    Thread thread = Thread.ofPlatform().daemon().name(drill.id()).start(task);
    try {
      if (!thread.join(patience)) {
        stage.note("stuck: " + List.of(thread.getStackTrace()));
        thread.interrupt();
      }
      return task.get(1, TimeUnit.MINUTES);
    } catch (ExecutionException | TimeoutException e) {
      String why = "did not end within " + patience + ", nor when it was told to";
      return new Outcome(
          drill, Verdict.FAIL, stage.seconds(), List.of(), Map.of(), why, stage.events());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static Outcome perform(Drill drill, Stage stage) {
    Verdict verdict;
    String trouble = "";
    try (stage) {
      drill.scenario().run(stage);
      boolean holds = stage.checks().stream().allMatch(Outcome.Check::holds);
      verdict = stage.checks().isEmpty() ? Verdict.ERROR : holds ? Verdict.PASS : Verdict.FAIL;
    } catch (Stage.Impossible e) {
      verdict = Verdict.SKIP;
      trouble = String.valueOf(e.getMessage());
    } catch (Stage.Unfit e) {
      verdict = Verdict.ERROR;
      trouble = String.valueOf(e.getMessage());
    } catch (Exception e) {
      // A mesh that does not come back makes the drill fail; what it did not get to is not known.
      verdict = Verdict.FAIL;
      trouble = e.getMessage() == null ? e.toString() : e.getMessage();
      stage.note("ended early: " + e);
    }
    return new Outcome(
        drill, verdict, stage.seconds(), stage.checks(), stage.figures(), trouble, stage.events());
  }
}
