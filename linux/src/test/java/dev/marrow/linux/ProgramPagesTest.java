package dev.marrow.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.StringReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramPagesTest {
  private static final int SIZE = 4 << 20;

  @TempDir Path dir;

  @Test
  void pagesOfAFileLeaveThisProcessAndComeBackAsTheyWere() throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      Path file = file();
      MemorySegment mapped = map(file, MapMode.READ_ONLY, arena);
      long sum = sum(mapped);
      long before = resident(file);
      assertThat(before).isPositive();

      long released = ProgramPages.release(file.toString()::equals);

      assertThat(released).isEqualTo(before);
      assertThat(resident(file)).isZero();
      assertThat(sum(mapped)).isEqualTo(sum);
    }
  }

  @Test
  void whatWasWrittenIsKept() throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      Path file = file();
      MemorySegment mapped = map(file, MapMode.PRIVATE, arena);
      mapped.set(ValueLayout.JAVA_BYTE, 5, (byte) 77);

      long released = ProgramPages.release(file.toString()::equals);

      assertThat(released).isZero();
      assertThat(mapped.get(ValueLayout.JAVA_BYTE, 5)).isEqualTo((byte) 77);
    }
  }

  @Test
  void pagesThatWereWrittenBeforeTheyWereProtectedAreNotTheFiles() throws Exception {
    List<Mapping> mappings =
        Mapping.read(
            new BufferedReader(
                new StringReader(
                    """
                    7f0000000000-7f0000002000 r--p 00000000 08:01 7        /lib/a b.so
                    Rss:                   8 kB
                    Anonymous:             0 kB
                    VmFlags: rd mr mw me
                    7f0000002000-7f0000003000 r--p 00002000 08:01 7        /lib/a b.so
                    Rss:                   4 kB
                    Anonymous:             4 kB
                    7f0000003000-7f0000004000 rw-p 00003000 08:01 7        /lib/a b.so
                    Rss:                   0 kB
                    7f0000004000-7f0000005000 r--p 00000000 00:00 0\s
                    ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]
                    """)));

    assertThat(mappings).hasSize(5);
    assertThat(mappings.getFirst())
        .isEqualTo(new Mapping(0x7f0000000000L, 0x7f0000002000L, "r--p", "/lib/a b.so", 8192, 0));
    assertThat(mappings)
        .extracting(Mapping::canBeReadAgain)
        .containsExactly(true, false, false, false, false);
  }

  @Test
  void aRunningProgramSurvivesTheReleaseOfItsOwnPages() throws Exception {
    long released = ProgramPages.release();

    assertThat(released).isPositive();
    assertThat(file()).exists();
  }

  private Path file() throws Exception {
    byte[] content = new byte[SIZE];
    Arrays.fill(content, (byte) 3);
    return Files.write(dir.resolve("program"), content).toRealPath();
  }

  private static MemorySegment map(Path file, MapMode mode, Arena arena) throws Exception {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.map(mode, 0, SIZE, arena);
    }
  }

  private static long sum(MemorySegment mapped) {
    long sum = 0;
    for (long i = 0; i < SIZE; i++) {
      sum += mapped.get(ValueLayout.JAVA_BYTE, i);
    }
    return sum;
  }

  private static long resident(Path file) throws Exception {
    try (var smaps = Files.newBufferedReader(Path.of("/proc/self/smaps"))) {
      return Mapping.read(smaps).stream()
          .filter(mapping -> mapping.file().equals(file.toString()))
          .mapToLong(Mapping::resident)
          .sum();
    }
  }
}
