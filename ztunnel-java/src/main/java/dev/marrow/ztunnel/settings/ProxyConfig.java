package dev.marrow.ztunnel.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Istio's ProxyConfig: the {@code defaultConfig} of the mesh configuration file, and {@code
 * PROXY_CONFIG} on top of it.
 */
record ProxyConfig(
    Optional<String> discoveryAddress,
    Optional<Integer> adminPort,
    Optional<Integer> statsPort,
    Optional<Integer> concurrency,
    Map<String, String> metadata) {
  static final ProxyConfig NONE =
      new ProxyConfig(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

  /** Reads both; the YAML parser is loaded only if there is something to parse. */
  static ProxyConfig read(Environment environment, Path meshFile) {
    String own = environment.text(Knob.PROXY_CONFIG);
    boolean mesh = Files.isReadable(meshFile);
    if (own.isEmpty() && !mesh) {
      return NONE;
    }
    var fields = new HashMap<String, JsonNode>();
    if (mesh) {
      parse(environment, meshFile.toString(), readText(meshFile))
          .ifPresent(tree -> addTo(fields, tree.path("defaultConfig")));
    }
    parse(environment, Knob.PROXY_CONFIG.name(), own).ifPresent(tree -> addTo(fields, tree));
    return of(environment, fields);
  }

  private static String readText(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      return "";
    }
  }

  private static Optional<JsonNode> parse(Environment environment, String name, String text) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    try {
      JsonNode tree = new YAMLMapper().readTree(text);
      if (tree.isObject()) {
        return Optional.of(tree);
      }
    } catch (JacksonException e) {
      // Noted below, with the same words as a scalar where a mapping belongs.
    }
    environment.problem(name, text.strip().lines().findFirst().orElse(""), "a YAML mapping");
    return Optional.empty();
  }

  private static void addTo(Map<String, JsonNode> fields, JsonNode tree) {
    tree.properties().forEach(e -> fields.put(e.getKey(), e.getValue()));
  }

  private static ProxyConfig of(Environment environment, Map<String, JsonNode> fields) {
    var metadata = new LinkedHashMap<String, String>();
    Optional.ofNullable(fields.get("proxyMetadata"))
        .ifPresent(tree ->
            tree.properties().forEach(e -> metadata.put(e.getKey(), e.getValue().asString())));
    return new ProxyConfig(
        Optional.ofNullable(fields.get("discoveryAddress")).map(JsonNode::asString),
        port(environment, fields, "proxyAdminPort"),
        port(environment, fields, "statsPort"),
        number(environment, fields, "concurrency", 0, 1024),
        metadata);
  }

  private static Optional<Integer> port(
      Environment environment, Map<String, JsonNode> fields, String name) {
    return number(environment, fields, name, 1, 65535);
  }

  private static Optional<Integer> number(
      Environment environment, Map<String, JsonNode> fields, String name, int least, int most) {
    JsonNode value = fields.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isInt() || value.intValue() < least || value.intValue() > most) {
      environment.problem(
          "PROXY_CONFIG." + name,
          value.asString(),
          "a number from %d to %d".formatted(least, most));
      return Optional.empty();
    }
    return Optional.of(value.intValue());
  }
}
