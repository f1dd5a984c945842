package dev.marrow.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A short program with text in and text out. Started by posix_spawn on the calling thread, so that
 * it runs in that thread's network namespace. {@code ProcessBuilder} would do that too, but leaves
 * a reaper thread behind in the namespace, which then outlives its pod for a minute.
 *
 * @param arguments the program's absolute path or name on PATH, then its arguments
 * @param input what the program reads on its standard input
 */
public record Command(List<String> arguments, String input) {
  private static final Duration LONGEST = Duration.ofSeconds(20);

  public Command {
    arguments = List.copyOf(arguments);
    if (arguments.isEmpty()) {
      throw new IllegalArgumentException("arguments: none (expected: a program)");
    }
  }

  public static Command of(String... arguments) {
    return new Command(List.of(arguments), "");
  }

  /** How it ended. {@code status} is the exit status, or 128 + the signal that killed it. */
  public record Result(int status, String output, String errors) {
    public boolean succeeded() {
      return status == 0;
    }
  }

  /** Runs in the namespace of the calling thread and waits, at most 20 seconds. */
  public Result run() throws IOException {
    try (var in = Spawn.memoryFile("in");
        var out = Spawn.memoryFile("out");
        var err = Spawn.memoryFile("err")) {
      Files.writeString(Spawn.path(in), input);
      int pid = Spawn.start(arguments, in, out, err);
      int status = Spawn.await(pid, LONGEST);
      return new Result(status, read(out), read(err));
    }
  }

  /** Runs inside {@code netns}. */
  public Result runIn(Netns netns) throws IOException {
    return netns.call(this::run);
  }

  private static String read(FileDescriptor file) throws IOException {
    Path path = Spawn.path(file);
    return new String(Files.readAllBytes(path), java.nio.charset.StandardCharsets.UTF_8);
  }
}
