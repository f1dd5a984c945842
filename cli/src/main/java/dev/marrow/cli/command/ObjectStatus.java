package dev.marrow.cli.command;

import dev.marrow.cli.local.state.MeshState;
import dev.marrow.cli.local.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One status condition that the control plane wrote for an object.
 *
 * @param part what of the object it is about, such as {@code listeners/mesh}; empty for the whole
 */
record ObjectStatus(
    String kind,
    String namespace,
    String name,
    String part,
    String type,
    String status,
    String reason,
    String message) {
  private static final JsonMapper JSON = new JsonMapper();

  boolean negative() {
    boolean badWhenTrue = type.equals("Conflicted") || type.equals("OverlappingTLSConfig");
    return status.equals(badWhenTrue ? "True" : "False");
  }

  String line() {
    String object = namespace.isEmpty() ? name : namespace + "/" + name;
    String where = part.isEmpty() ? object : object + " " + part;
    return "%s %s: %s=%s (%s) %s".formatted(kind, where, type, status, reason, message);
  }

  static List<ObjectStatus> read(StateDirectory state) throws IOException {
    List<ObjectStatus> found = new ArrayList<>();
    if (!Files.isDirectory(state.status())) return found;
    try (var files = Files.newDirectoryStream(state.status(), "[A-Z]*.json")) {
      for (Path file : files) {
        String[] parts = file.getFileName().toString().replaceAll("\\.json$", "").split("\\.", 3);
        parts[0] = parts[0].replace('~', '.');
        if (parts.length == 3) collect(parts, "", tree(file), found);
      }
    }
    found.sort(java.util.Comparator.comparing(ObjectStatus::line));
    return found;
  }

  /** All lists of conditions in a status: of the object, of its parents, of its listeners. */
  private static void collect(
      String[] parts, String part, JsonNode node, List<ObjectStatus> found) {
    for (JsonNode condition : node.path("conditions")) {
      found.add(
          new ObjectStatus(
              parts[0],
              parts[1],
              parts[2],
              part,
              condition.path("type").asString(""),
              condition.path("status").asString(""),
              condition.path("reason").asString(""),
              condition.path("message").asString("")));
    }
    for (var child : node.properties()) {
      if (child.getKey().equals("conditions") || !child.getValue().isContainer()) continue;
      for (JsonNode element : child.getValue()) {
        String name =
            element.path("name").asString(element.path("parentRef").path("name").asString(""));
        collect(parts, child.getKey() + "/" + name, element, found);
      }
    }
  }

  private static JsonNode tree(Path file) throws IOException {
    try {
      return JSON.readTree(StateDirectory.read(file).orElse("{}"));
    } catch (JacksonException e) {
      return JSON.createObjectNode();
    }
  }

  /** What the supervisor and the control plane could not use, each said once. */
  static List<String> problems(StateDirectory state, MeshState mesh) throws IOException {
    List<String> all = new ArrayList<>(mesh.problems());
    JsonNode theirs = tree(state.status().resolve("problems.json"));
    for (JsonNode problem : theirs.isArray() ? theirs : theirs.path("items")) {
      String text = problem.isString() ? problem.asString() : describe(problem);
      if (!all.contains(text)) all.add(text);
    }
    return all;
  }

  private static String describe(JsonNode problem) {
    String file = problem.path("file").asString(problem.path("source").asString(""));
    String line = problem.path("line").asString("0");
    return "%s%s: %s"
        .formatted(
            file,
            line.equals("0") ? "" : ":" + line,
            problem.path("reason").asString(problem.toString()));
  }
}
