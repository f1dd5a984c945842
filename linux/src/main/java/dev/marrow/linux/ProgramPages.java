package dev.marrow.linux;

import static dev.marrow.linux.Libc.INT;
import static dev.marrow.linux.Libc.LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * Pages of this program's files, libraries and start-up cache, that are in this process's memory.
 * Starting touches most of them, running few. Thread-safe.
 */
public final class ProgramPages {
  private static final int MADV_DONTNEED = 4;
  private static final Path MAPPINGS = Path.of("/proc/self/smaps");
  private static final MethodHandle MADVISE =
      Libc.link("madvise", FunctionDescriptor.of(INT, ADDRESS, LONG, INT));

  private ProgramPages() {}

  /**
   * Takes them out of this process's memory and returns how many bytes that were. They stay in the
   * page cache, as the first that the kernel takes when it needs room; what is used again comes
   * back from there, by a page fault.
   */
  public static long release() throws IOException {
    return release(ProgramPages::isProgram);
  }

  /**
   * Only files that stay mapped as long as this process lives. Were one unmapped between the look
   * at the mappings and the advice, something else might be at its address by then, and be lost.
   */
  private static boolean isProgram(String file) {
    return file.endsWith(".so") || file.contains(".so.") || file.endsWith(".aot");
  }

  static long release(Predicate<String> files) throws IOException {
    long released = 0;
    try (BufferedReader smaps = Files.newBufferedReader(MAPPINGS)) {
      for (Mapping mapping : Mapping.read(smaps)) {
        if (mapping.resident() > 0 && mapping.canBeReadAgain() && files.test(mapping.file())) {
          released += release(mapping);
        }
      }
    }
    return released;
  }

  /** Locked memory is refused, and stays. */
  private static long release(Mapping mapping) {
    try (Arena arena = Arena.ofConfined()) {
      int rc =
          (int)
              MADVISE.invokeExact(
                  Libc.state(arena),
                  MemorySegment.ofAddress(mapping.start()),
                  mapping.end() - mapping.start(),
                  MADV_DONTNEED);
      return rc == 0 ? mapping.resident() : 0;
    } catch (Throwable bug) {
      throw Libc.unexpected(bug);
    }
  }
}
