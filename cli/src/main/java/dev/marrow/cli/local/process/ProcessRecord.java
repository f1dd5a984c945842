package dev.marrow.cli.local.process;

import dev.marrow.cli.local.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Remembers a process in a file, so that it is found again when the one who started it is gone. The
 * start time tells it from a later process with the same number.
 */
public record ProcessRecord(long pid, Instant started) {
  public static ProcessRecord of(ProcessHandle process) {
    return new ProcessRecord(process.pid(), process.info().startInstant().orElse(Instant.EPOCH));
  }

  public void write(Path file) throws IOException {
    StateDirectory.write(file, pid + " " + started + "\n");
  }

  /** Whether a process runs; one that ended but was not waited for does not. */
  static boolean lives(ProcessHandle process) {
    if (!process.isAlive()) return false;
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException | StringIndexOutOfBoundsException e) {
      return false;
    }
  }

  /** The process, if it still lives. */
  public static Optional<ProcessHandle> find(Path file) throws IOException {
    Optional<String> text = StateDirectory.read(file);
    if (text.isEmpty()) return Optional.empty();
    String[] words = text.get().strip().split(" ");
    if (words.length != 2) return Optional.empty();
    ProcessRecord record = new ProcessRecord(Long.parseLong(words[0]), Instant.parse(words[1]));
    return ProcessHandle.of(record.pid())
        .filter(handle -> lives(handle) && of(handle).equals(record));
  }
}
