package dev.marrow.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One mapping of this process, as {@code /proc/self/smaps} has it.
 *
 * @param permissions such as {@code r-xp}
 * @param file absolute path, or something else for what is no file
 * @param resident bytes in memory
 * @param own of these, bytes that are no longer the file's: they were written to
 */
record Mapping(long start, long end, String permissions, String file, long resident, long own) {
  private static final int FILE_COLUMN = 5;
  private static final long KIB = 1024;

  /**
   * Whether its pages can be dropped and read again. A writable mapping may be written to at any
   * moment, and a read-only one may have been before it was protected, as the addresses that the
   * linker fills in: what was written there exists nowhere else.
   */
  boolean canBeReadAgain() {
    return file.startsWith("/") && permissions.startsWith("r-") && own == 0;
  }

  static List<Mapping> read(BufferedReader smaps) throws IOException {
    List<Mapping> mappings = new ArrayList<>();
    String head = smaps.readLine();
    while (head != null) {
      long resident = 0;
      long own = 0;
      String line = smaps.readLine();
      while (line != null && isDetail(line)) {
        resident = line.startsWith("Rss:") ? bytes(line) : resident;
        own = line.startsWith("Anonymous:") ? bytes(line) : own;
        line = smaps.readLine();
      }
      mappings.add(of(head, resident, own));
      head = line;
    }
    return mappings;
  }

  /** Details begin with a name in capitals, mappings with an address in small letters. */
  private static boolean isDetail(String line) {
    return Character.isUpperCase(line.charAt(0));
  }

  private static long bytes(String detail) {
    int from = detail.indexOf(':') + 1;
    return Long.parseLong(detail.substring(from, detail.length() - " kB".length()).trim()) * KIB;
  }

  private static Mapping of(String head, long resident, long own) {
    String[] columns = head.split(" +", FILE_COLUMN + 1);
    int dash = columns[0].indexOf('-');
    return new Mapping(
        Long.parseUnsignedLong(columns[0].substring(0, dash), 16),
        Long.parseUnsignedLong(columns[0].substring(dash + 1), 16),
        columns[1],
        columns.length > FILE_COLUMN ? columns[FILE_COLUMN] : "",
        resident,
        own);
  }
}
