package dev.marrow.identity.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.marrow.identity.TestClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {
  private final TestTimer timer = new TestTimer(TestClock.noon());

  @Test
  void whoeverFailsToTakeAChangeIsToldOfTheNext(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("roots.pem"), "one");
    List<String> told = new ArrayList<>();
    FileWatch.start(
        timer,
        Duration.ofSeconds(1),
        List.of(file),
        () -> {
          told.add("changed");
          throw new IllegalStateException("a mistake");
        });

    Files.writeString(file, "another");
    assertThatThrownBy(() -> timer.advance(Duration.ofSeconds(1))).hasMessage("a mistake");
    Files.writeString(file, "one more");
    assertThatThrownBy(() -> timer.advance(Duration.ofSeconds(1))).hasMessage("a mistake");

    assertThat(told).hasSize(2);
  }
}
