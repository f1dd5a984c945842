package dev.marrow.cli.local;

import dev.marrow.cli.local.state.MeshState;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** Tells once about each thing that became ready. Confined to one thread. */
final class ReadyProgress {
  private final Consumer<String> out;
  private final Set<String> told = new HashSet<>();
  private long podsTold;

  ReadyProgress(Consumer<String> out) {
    this.out = out;
  }

  void tell(MeshState mesh) {
    for (MeshState.Program program : mesh.programs()) {
      if (program.ready() && told.add(program.name())) out.accept(program.name() + " is ready");
      if (program.restarts() > 1 && told.add(program.name() + program.restarts())) {
        out.accept(
            program.name() + " ended " + program.restarts() + " times; see " + program.log());
      }
    }
    for (String problem : mesh.problems()) {
      if (told.add(problem)) out.accept("problem: " + problem);
    }
    long ready = mesh.pods().stream().filter(MeshState.Pod::ready).count();
    long enrolled = mesh.pods().stream().filter(MeshState.Pod::enrolled).count();
    if (ready + 1000 * enrolled == podsTold) return;
    podsTold = ready + 1000 * enrolled;
    out.accept(
        "%d of %d pods are ready, %d enrolled".formatted(ready, mesh.pods().size(), enrolled));
  }
}
