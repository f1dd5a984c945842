package dev.marrow.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class CommandTest {
  @Test
  void inputGoesInAndOutputStatusAndErrorsComeOut() throws Exception {
    var command = new Command(List.of("sh", "-c", "cat; echo oops >&2; exit 3"), "hello");

    assertThat(command.run()).isEqualTo(new Command.Result(3, "hello", "oops\n"));
  }

  @Test
  void largeInputAndOutputDoNotBlock() throws Exception {
    String input = "0123456789abcdef".repeat(100_000);

    assertThat(new Command(List.of("cat"), input).run().output()).isEqualTo(input);
  }

  @Test
  void aProgramThatDoesNotExistIsAnError() {
    assertThatThrownBy(() -> Command.of("no-such-program").run())
        .hasMessage("posix_spawnp no-such-program: ENOENT (errno 2)");
  }

  @Test
  void aKilledProgramHasASignalAsStatus() throws Exception {
    assertThat(Command.of("sh", "-c", "kill -9 $$").run().status()).isEqualTo(137);
  }

  @Test
  void openFilesAreNotInherited() throws Exception {
    Command.Result result = Command.of("ls", "/proc/self/fd").run();

    assertThat(result.output().lines()).containsExactly("0", "1", "2", "3");
  }

  @Test
  void theLimitOfOpenFilesIsRaised() throws Exception {
    long limit = Rlimits.raiseOpenFiles();

    assertThat(Command.of("sh", "-c", "ulimit -n").run().output().strip())
        .isEqualTo(Long.toString(limit));
  }
}
