package dev.marrow.mesh.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.mesh.MeshChange;
import dev.marrow.mesh.file.WatchedFile.Timing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class WatchedFileTest {
  private static final String WORKLOAD =
      "workloads: [{workloadIps: [10.0.0.1], uid: u, namespace: a, services: {}}]\n";
  private static final String POLICY =
      "policies: [{name: p, namespace: a, scope: Namespace, action: Deny, rules: []}]\n";

  private static final Duration FOREVER = Duration.ofDays(1);

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
  void aListenerThatFailsDoesNotEndTheWatch() throws Exception {
    write(WORKLOAD);
    try (WatchedFile file = WatchedFile.open(folder.resolve("mesh.yaml"), Duration.ofMillis(5))) {
      file.onChange(changes::add);
      file.onChange(change -> {
        throw new IllegalStateException("a mistake");
      });

      write(WORKLOAD + POLICY);
      assertThat(changes.poll(10, TimeUnit.SECONDS)).isNotNull();
      write(WORKLOAD);
      assertThat(changes.poll(10, TimeUnit.SECONDS)).isNotNull();
    }
  }

  /** Nobody would say so of two contents; that the second goes unseen shows that nobody read it. */
  @Test
  void aFileThatLooksAsBeforeIsNotReadAgain() throws Exception {
    Path mesh = Files.writeString(folder.resolve("mesh.yaml"), WORKLOAD);
    Files.setLastModifiedTime(mesh, FileTime.from(Instant.EPOCH));
    AtomicLong nanos = new AtomicLong();
    try (WatchedFile file = WatchedFile.read(mesh, new Timing(FOREVER, nanos::get))) {
      file.look();
      Files.writeString(mesh, WORKLOAD.replace("uid: u", "uid: v"));
      Files.setLastModifiedTime(mesh, FileTime.from(Instant.EPOCH));
      nanos.set(Duration.ofMinutes(1).toNanos());

      file.look();
      assertThat(file.current().workload("v")).isEmpty();

      Files.setLastModifiedTime(mesh, FileTime.from(Instant.EPOCH.plusSeconds(1)));
      file.look();
      assertThat(file.current().workload("v")).isPresent();
    }
  }

  /** A mounted ConfigMap: mesh.yaml leads through ..data, and only that link changes. */
  @Test
  void whatALinkLeadsToIsSeenToChangeByItsFoldersEvents() throws Exception {
    Files.writeString(Files.createDirectory(folder.resolve("..1")).resolve("mesh.yaml"), WORKLOAD);
    Files.writeString(
        Files.createDirectory(folder.resolve("..2")).resolve("mesh.yaml"), WORKLOAD + POLICY);
    Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("..1"));
    Path mesh =
        Files.createSymbolicLink(folder.resolve("mesh.yaml"), Path.of("..data", "mesh.yaml"));
    try (WatchedFile file = WatchedFile.open(mesh, FOREVER)) {
      file.onChange(changes::add);

      Path next = Files.createSymbolicLink(folder.resolve("..tmp"), Path.of("..2"));
      Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);

      MeshChange change = changes.poll(10, TimeUnit.SECONDS);
      assertThat(change).isNotNull();
      assertThat(change.delta().policies()).hasSize(1);
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
