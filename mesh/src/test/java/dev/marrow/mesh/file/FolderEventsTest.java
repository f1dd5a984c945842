package dev.marrow.mesh.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderEventsTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void aFolderThatCannotBeWatchedLeavesNoWatchOpen() throws Exception {
    long before = watches();

    try (var events =
        FolderEvents.around(folder.resolve("none").resolve("file"), Duration.ofMillis(1))) {
      assertThat(watches()).isEqualTo(before);
      assertThat(events.await()).isTrue();
    }
  }

  private static long watches() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(FolderEventsTest::isWatch).count();
    }
  }

  private static boolean isWatch(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().contains("inotify");
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }
}
