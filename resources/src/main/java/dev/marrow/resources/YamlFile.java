package dev.marrow.resources;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;

/**
 * Reads a file of YAML documents to objects: all of them, or one problem. Thread-safe: has no
 * state.
 */
final class YamlFile {
  /** All objects of the file, or why there are none. */
  sealed interface Result {
    record Objects(List<KubeObject> objects) implements Result {
      public Objects {
        objects = List.copyOf(objects);
      }
    }

    record Bad(Problem problem) implements Result {}
  }

  private final FileLimits limits;
  private final YAMLFactory yaml;

  YamlFile(FileLimits limits) {
    this.limits = limits;
    this.yaml =
        YAMLFactory.builder()
            .loadSettings(
                LoadSettings.builder()
                    .setCodePointLimit(limits.fileBytes())
                    .setAllowDuplicateKeys(false)
                    .build())
            .build();
  }

  Result read(Path file) throws IOException {
    String source = file.toString();
    if (Files.size(file) > limits.fileBytes()) {
      return bad(source, 0, "file: larger than %d bytes".formatted(limits.fileBytes()));
    }
    return read(source, Files.readString(file, StandardCharsets.UTF_8));
  }

  Result read(String source, String text) {
    try (JsonParser parser = yaml.createParser(ObjectReadContext.empty(), text)) {
      return new Result.Objects(documents(source, parser));
    } catch (Unreadable e) {
      return bad(source, e.line(), e.reason());
    } catch (JacksonException e) {
      return bad(source, Math.max(0, e.getLocation().getLineNr()), reason(e));
    }
  }

  private List<KubeObject> documents(String source, JsonParser parser) {
    List<KubeObject> objects = new ArrayList<>();
    YamlTree tree = new YamlTree(parser, limits);
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      int line = parser.currentTokenLocation().getLineNr();
      ObjectShape.read(tree.read(), new Origin(source, line), objects);
      if (objects.size() > limits.objects()) {
        throw new Unreadable(line, "file: more than %d objects".formatted(limits.objects()));
      }
    }
    return objects;
  }

  /** Without the excerpt of the text that the parser draws: file and line say where to look. */
  private static String reason(JacksonException e) {
    if (!(e.getCause() instanceof MarkedYamlEngineException marked)) {
      return e.getOriginalMessage();
    }
    int column = marked.getProblemMark().map(mark -> mark.getColumn() + 1).orElse(0);
    String context = marked.getContext() == null ? "" : " " + marked.getContext();
    return "%s (column %d%s)".formatted(marked.getProblem(), column, context);
  }

  private static Result bad(String source, int line, String reason) {
    String first = reason.lines().map(String::strip).reduce((a, b) -> a + ", " + b).orElse("");
    return new Result.Bad(new Problem(new Origin(source, line), first));
  }
}
