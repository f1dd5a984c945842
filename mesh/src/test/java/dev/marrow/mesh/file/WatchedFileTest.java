package dev.marrow.mesh.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.mesh.MeshChange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class WatchedFileTest {
  private static final String WORKLOAD =
      "workloads: [{workloadIps: [10.0.0.1], uid: u, namespace: a, services: {}}]\n";
  private static final String POLICY =
      "policies: [{name: p, namespace: a, scope: Namespace, action: Deny, rules: []}]\n";

  @TempDir Path folder;
  private final BlockingQueue<MeshChange> changes = new LinkedBlockingQueue<>();

  private void write(String text) throws Exception {
    Path next = Files.writeString(folder.resolve("next"), text);
    Files.move(next, folder.resolve("mesh.yaml"), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void whatChangesInTheFileChangesInTheView() throws Exception {
    write(WORKLOAD);
    try (WatchedFile file = WatchedFile.open(folder.resolve("mesh.yaml"), Duration.ofMillis(5))) {
      file.onChange(changes::add);

      write(WORKLOAD + POLICY);
      MeshChange added = changes.poll(10, TimeUnit.SECONDS);
      write(WORKLOAD);
      MeshChange removed = changes.poll(10, TimeUnit.SECONDS);

      assertThat(added).isNotNull();
      assertThat(added.delta().workloads()).isEmpty();
      assertThat(added.delta().policies()).hasSize(1);
      assertThat(removed).isNotNull();
      assertThat(removed.delta().removedPolicies()).containsExactly("a/p");
      assertThat(file.current()).isSameAs(removed.after());
    }
  }

  @Test
  void aWrongFileLeavesWhatWasKnown() throws Exception {
    write(WORKLOAD);
    try (WatchedFile file = WatchedFile.open(folder.resolve("mesh.yaml"), Duration.ofMillis(5))) {
      file.onChange(changes::add);

      write("workloads: [");
      write(WORKLOAD + POLICY);

      MeshChange change = changes.poll(10, TimeUnit.SECONDS);
      assertThat(change).isNotNull();
      assertThat(change.after().workload("u")).isPresent();
    }
  }
}
