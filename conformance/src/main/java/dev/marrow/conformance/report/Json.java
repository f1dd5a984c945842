package dev.marrow.conformance.report;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** One JSON writer for all reports: indented, keys in the order in which they were put. */
final class Json {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private Json() {}

  static byte[] bytes(Map<String, ?> value) {
    return (MAPPER.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
