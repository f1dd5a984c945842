package dev.marrow.cli.command;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The option {@code -o} of the commands that show something. */
final class Output {
  enum Format {
    text,
    json
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "text or json",
      defaultValue = "text")
  Format format = Format.text;

  boolean json() {
    return format == Format.json;
  }

  /** A list is always under {@code items}. */
  static void items(PrintWriter out, List<?> items) {
    json(out, Map.of("items", items));
  }

  static void json(PrintWriter out, Object value) {
    out.println(
        JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsString(value));
    out.flush();
  }
}
