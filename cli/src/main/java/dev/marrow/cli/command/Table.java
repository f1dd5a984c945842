package dev.marrow.cli.command;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Text in aligned columns. Confined to one thread. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... head) {
    row(head);
  }

  void row(String... cells) {
    rows.add(Arrays.stream(cells).map(cell -> cell.isEmpty() ? "-" : cell).toList());
  }

  List<String> lines() {
    int columns = rows.stream().mapToInt(List::size).max().orElse(0);
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int n = 0; n < row.size(); n++) widths[n] = Math.max(widths[n], row.get(n).length());
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int n = 0; n < row.size(); n++) {
      line.append(row.get(n)).append(" ".repeat(widths[n] - row.get(n).length() + 3));
    }
    return line.toString().stripTrailing();
  }

  void print(PrintWriter out) {
    lines().forEach(out::println);
    out.flush();
  }
}
