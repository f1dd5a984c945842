package dev.marrow.cli.local.screen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One line of Prometheus' text format. */
public record Sample(String name, Map<String, String> labels, double value) {
  public Sample {
    labels = Map.copyOf(labels);
  }

  String label(String name) {
    return labels.getOrDefault(name, "");
  }

  /** Reads a page; lines that are no samples are left out. */
  public static List<Sample> parse(String page) {
    List<Sample> samples = new ArrayList<>();
    page.lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .forEach(line -> parseLine(line, samples));
    return samples;
  }

  private static void parseLine(String line, List<Sample> samples) {
    int brace = line.indexOf('{');
    int end = brace < 0 ? line.indexOf(' ') : line.lastIndexOf('}') + 1;
    if (end <= 0) return;
    try {
      double value = Double.parseDouble(line.substring(end).strip().split(" ")[0]);
      String name = line.substring(0, brace < 0 ? end : brace);
      samples.add(
          new Sample(
              name, brace < 0 ? Map.of() : labels(line.substring(brace + 1, end - 1)), value));
    } catch (NumberFormatException e) {
      // Not a sample: left out, as said above.
    }
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new HashMap<>();
    int at = 0;
    while (at < text.length()) {
      int equals = text.indexOf("=\"", at);
      if (equals < 0) break;
      StringBuilder value = new StringBuilder();
      int n = equals + 2;
      for (; n < text.length() && text.charAt(n) != '"'; n++) {
        if (text.charAt(n) == '\\' && n + 1 < text.length()) n++;
        value.append(text.charAt(n));
      }
      labels.put(text.substring(at, equals).strip(), value.toString());
      at = n + 1;
      if (at < text.length() && text.charAt(at) == ',') at++;
    }
    return labels;
  }
}
