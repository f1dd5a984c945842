package dev.marrow.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class FileStateTest {
  private static final long LONG = FileState.SETTLED.toNanos() + 1;

  @TempDir Path folder;
  private Path file;
  private FileState state;
  private long nanos = Long.MAX_VALUE - LONG;

  @BeforeEach
  void aFileThatHasSettled() throws IOException {
    file = Files.writeString(folder.resolve("file"), "old");
    state = settled(file);
  }

  @Test
  void aFileThatStaysIsNotReadAgain() {
    assertThat(state.mayHaveChanged()).isFalse();
  }

  @Test
  void aFileThatJustChangedIsReadForAWhile() throws IOException {
    Files.writeString(file, "newer");

    assertThat(state.mayHaveChanged()).isTrue();
    nanos += LONG - 1;
    assertThat(state.mayHaveChanged()).as("a second change may look like the first").isTrue();
    nanos += 1;
    assertThat(state.mayHaveChanged()).isFalse();
  }

  @Test
  void anotherFileInItsPlaceIsNoticedWhateverItsTime() throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    Path next = Files.writeString(folder.resolve("next"), "new");
    Files.setLastModifiedTime(next, time);

    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);

    assertThat(state.mayHaveChanged()).isTrue();
  }

  /** A mounted ConfigMap: file -> ..data/file, ..data -> a folder, and only that link changes. */
  @Test
  void aLinkFurtherUpThatLeadsElsewhereIsNoticed() throws IOException {
    FileTime time = FileTime.from(Instant.EPOCH);
    for (String version : new String[] {"..1", "..2"}) {
      Path there = Files.createDirectory(folder.resolve(version)).resolve("mounted");
      Files.setLastModifiedTime(Files.writeString(there, version), time);
    }
    Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("..1"));
    state = settled(Files.createSymbolicLink(folder.resolve("mounted"), Path.of("..data/mounted")));

    Path next = Files.createSymbolicLink(folder.resolve("..tmp"), Path.of("..2"));
    Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);

    assertThat(state.mayHaveChanged()).isTrue();
  }

  @Test
  void aFileThatGoesAndComesBackIsNoticed() throws IOException {
    Files.delete(file);
    assertThat(state.mayHaveChanged()).isTrue();
    nanos += LONG;
    assertThat(state.mayHaveChanged()).as("still gone").isFalse();

    Files.writeString(file, "back");

    assertThat(state.mayHaveChanged()).isTrue();
  }

  @Test
  void aFileThatCouldNotBeReadIsTriedAgain() {
    state.forget();

    assertThat(state.mayHaveChanged()).isTrue();
  }

  private FileState settled(Path path) {
    var settled = new FileState(path, () -> nanos);
    assertThat(settled.mayHaveChanged()).as("at first").isTrue();
    nanos += LONG;
    assertThat(settled.mayHaveChanged()).isFalse();
    return settled;
  }
}
