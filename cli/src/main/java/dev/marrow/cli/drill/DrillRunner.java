package dev.marrow.cli.drill;

import dev.marrow.cli.drill.Outcome.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

  /** Does one drill and takes its mesh down, whatever happened. */
  public Outcome run(Drill drill) throws IOException {
    Path evidence = Files.createDirectories(out.resolve(drill.id()));
    progress.accept(drill.id() + " " + drill.title());
    DrillMesh mesh;
    long begun = System.nanoTime();
    try {
      mesh = DrillMesh.up(new DrillMesh.Place(prefix, home, line -> {}), drill.setup());
    } catch (IOException e) {
      return new Outcome(
          drill,
          Verdict.ERROR,
          (System.nanoTime() - begun) / 1e9,
          List.of(),
          Map.of(),
          "no mesh: " + e.getMessage(),
          List.of());
    }
    try (mesh) {
      Outcome outcome = perform(drill, mesh, evidence);
      mesh.keepLogs(evidence.resolve("logs"));
      Files.write(evidence.resolve("events.txt"), outcome.events());
      return outcome;
    }
  }

  private Outcome perform(Drill drill, DrillMesh mesh, Path evidence) {
    Stage stage = new Stage(mesh, mode, evidence);
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
