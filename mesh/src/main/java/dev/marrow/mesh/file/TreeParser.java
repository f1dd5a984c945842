package dev.marrow.mesh.file;

import dev.marrow.mesh.file.Tree.Spot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/** Reads YAML or JSON into a {@link Tree}. Keys that occur twice are refused. */
final class TreeParser {
  private static final int MAX_DEPTH = 32;
  private static final int MAX_CHARACTERS = 256 << 20;

  private static final Pattern OWN_TAG = Pattern.compile("![A-Za-z][A-Za-z0-9]*");

  private final String file;
  private final JsonParser parser;

  private TreeParser(String file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  static Tree parse(String file, String text) throws LocalFileException {
    if (!text.stripLeading().startsWith("{")) {
      return parse(file, text, yaml());
    }
    try {
      // JSON may be indented with tabs, which YAML refuses.
      return parse(file, text, new JsonFactory());
    } catch (LocalFileException notJson) {
      return parse(file, text, yaml());
    }
  }

  private static TokenStreamFactory yaml() {
    return YAMLFactory.builder()
        .loadSettings(LoadSettings.builder().setCodePointLimit(MAX_CHARACTERS).build())
        .build();
  }

  private static Tree parse(String file, String text, TokenStreamFactory format)
      throws LocalFileException {
    try (JsonParser parser = format.createParser(ObjectReadContext.empty(), text)) {
      return new TreeParser(file, parser).document();
    } catch (JacksonException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new Spot(file, line, "").refusal(e.getOriginalMessage());
    }
  }

  private Tree document() throws LocalFileException {
    if (parser.nextToken() == null) {
      return new Tree.Fields(spot(""), Map.of());
    }
    Tree tree = value("", 0);
    if (parser.nextToken() != null) {
      throw spot("").refusal("a second document (expected: one)");
    }
    return tree;
  }

  private Tree value(String path, int depth) throws LocalFileException {
    Optional<String> variant = variant();
    if (variant.isEmpty()) {
      return untagged(path, depth);
    }
    // `!Exact x` is how the YAML of Rust programs writes what others write as `Exact: x`.
    Spot spot = spot(path);
    Tree value = untagged(spot.part(variant.get()).path(), depth + 1);
    return new Tree.Fields(spot, Map.of(variant.get(), value));
  }

  /** The name of a tag of the file's own, as {@code !Exact}. */
  private Optional<String> variant() {
    if (!(parser instanceof YAMLParser yaml)) {
      return Optional.empty();
    }
    String tag = yaml.getRawTag();
    return tag == null || !OWN_TAG.matcher(tag).matches()
        ? Optional.empty()
        : Optional.of(tag.substring(1));
  }

  private Tree untagged(String path, int depth) throws LocalFileException {
    Spot spot = spot(path);
    if (depth > MAX_DEPTH) {
      throw spot.refusal("nested deeper than %d levels".formatted(MAX_DEPTH));
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> fields(spot, depth);
      case START_ARRAY -> items(spot, depth);
      case VALUE_NULL -> new Tree.Scalar(spot, "");
      default -> new Tree.Scalar(spot, String.valueOf(parser.getString()));
    };
  }

  private Tree fields(Spot spot, int depth) throws LocalFileException {
    Map<String, Tree> values = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = String.valueOf(parser.currentName());
      String path = spot(spot.part(key).path()).path();
      if (values.containsKey(key)) {
        throw spot(path).refusal("key occurs twice");
      }
      parser.nextToken();
      values.put(key, value(path, depth + 1));
    }
    return new Tree.Fields(spot, values);
  }

  private Tree items(Spot spot, int depth) throws LocalFileException {
    List<Tree> values = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      values.add(value(spot.path() + "[" + values.size() + "]", depth + 1));
    }
    return new Tree.Items(spot, values);
  }

  private Spot spot(String path) {
    return new Spot(file, parser.currentTokenLocation().getLineNr(), path);
  }
}
