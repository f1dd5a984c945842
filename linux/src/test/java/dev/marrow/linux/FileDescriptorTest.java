package dev.marrow.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDescriptorTest {
  @TempDir Path dir;

  @Test
  void closingTwiceClosesOnce() throws Exception {
    var first = FileDescriptor.open(dir);
    int number = first.use(fd -> fd);
    first.close();
    var second = FileDescriptor.open(dir);

    first.close();

    int reused = second.use(fd -> fd);
    assertThat(reused).isEqualTo(number);
    assertThat(Files.exists(Path.of("/proc/self/fd/" + number))).isTrue();
    second.close();
    assertThat(Files.exists(Path.of("/proc/self/fd/" + number))).isFalse();
  }

  @Test
  void theNumberStaysValidWhileItIsUsed() throws Exception {
    var fd = FileDescriptor.open(dir);

    boolean openInside =
        fd.use(number -> {
          fd.close();
          return Files.exists(Path.of("/proc/self/fd/" + number));
        });

    assertThat(openInside).isTrue();
    assertThatThrownBy(() -> fd.use(number -> number)).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void aDuplicateIsTheSameFileAndOutlivesTheOriginal() throws Exception {
    try (var original = FileDescriptor.open(dir);
        var copy = original.duplicate()) {
      FileIdentity identity = original.identity();
      original.close();

      assertThat(copy.identity()).isEqualTo(identity);
    }
  }

  @Test
  void aFailedCallNamesCallSubjectAndError() {
    assertThatThrownBy(() -> FileDescriptor.open(Path.of("/does/not/exist")))
        .isInstanceOfSatisfying(Errno.class, e -> assertThat(e.code()).isEqualTo(Errno.ENOENT))
        .hasMessage("open /does/not/exist: ENOENT (errno 2)");
  }
}
