package dev.marrow.mesh.file;

import dev.marrow.mesh.file.Tree.Spot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Reads the fields of one object; every refusal names its place and what was expected. */
final class FieldReader {
  private final Tree.Fields fields;

  private FieldReader(Tree.Fields fields) {
    this.fields = fields;
  }

  /** The fields of {@code tree}, which must have no keys but {@code known}. */
  static FieldReader of(Tree tree, Set<String> known) throws LocalFileException {
    Tree.Fields fields = fields(tree);
    for (Map.Entry<String, Tree> field : fields.values().entrySet()) {
      if (!known.contains(field.getKey())) {
        throw field
            .getValue()
            .spot()
            .refusal(
                "unknown key (expected: one of %s)"
                    .formatted(String.join(", ", new TreeSet<>(known))));
      }
    }
    return new FieldReader(fields);
  }

  static Tree.Fields fields(Tree tree) throws LocalFileException {
    return switch (tree) {
      case Tree.Fields fields -> fields;
      // A key with nothing behind it.
      case Tree.Scalar(Spot spot, String text) when text.isEmpty() ->
          new Tree.Fields(spot, Map.of());
      case Tree.Scalar _, Tree.Items _ -> throw tree.spot().refusal("expected: keys and values");
    };
  }

  static List<Tree> items(Tree tree) throws LocalFileException {
    return switch (tree) {
      case Tree.Items(_, List<Tree> values) -> values;
      case Tree.Scalar(_, String text) when text.isEmpty() -> List.of();
      case Tree.Scalar _, Tree.Fields _ -> throw tree.spot().refusal("expected: a list");
    };
  }

  static String text(Tree tree) throws LocalFileException {
    if (tree instanceof Tree.Scalar(_, String text)) {
      return text;
    }
    throw tree.spot().refusal("expected: a single value");
  }

  /** {@code read} on the text, with the place added to its refusal. */
  static <T> T value(Tree tree, Function<String, T> read) throws LocalFileException {
    return at(tree.spot(), text(tree), read);
  }

  static <T> T at(Spot spot, String text, Function<String, T> read) throws LocalFileException {
    try {
      return read.apply(text);
    } catch (IllegalArgumentException e) {
      throw spot.refusal(String.valueOf(e.getMessage()));
    }
  }

  Spot spot() {
    return fields.spot();
  }

  Optional<Tree> find(String key) {
    return Optional.ofNullable(fields.values().get(key));
  }

  Tree require(String key) throws LocalFileException {
    return find(key).orElseThrow(() -> spot().part(key).refusal("missing"));
  }

  String text(String key, String otherwise) throws LocalFileException {
    Optional<Tree> tree = find(key);
    return tree.isPresent() ? text(tree.get()) : otherwise;
  }

  String requireText(String key) throws LocalFileException {
    return text(require(key));
  }

  boolean flag(String key) throws LocalFileException {
    return word(key, Map.of("false", false, "true", true), false);
  }

  int number(String key, int otherwise, int most) throws LocalFileException {
    Optional<Tree> tree = find(key);
    return tree.isPresent() ? number(tree.get(), most) : otherwise;
  }

  static int number(Tree tree, int most) throws LocalFileException {
    return value(tree, text -> number(text, most));
  }

  static int number(String text, int most) {
    long number = text.matches("[0-9]{1,10}") ? Long.parseLong(text) : -1;
    if (number < 0 || number > most) {
      throw new IllegalArgumentException("'%s' (expected: 0-%d)".formatted(text, most));
    }
    return (int) number;
  }

  /** The value that is written as one of {@code words}. */
  <T> T word(String key, Map<String, T> words, T otherwise) throws LocalFileException {
    Optional<Tree> tree = find(key);
    return tree.isPresent() ? word(tree.get(), words) : otherwise;
  }

  static <T> T word(Tree tree, Map<String, T> words) throws LocalFileException {
    T value = words.get(text(tree));
    if (value == null) {
      throw tree.spot()
          .refusal(
              "'%s' (expected: %s)"
                  .formatted(text(tree), String.join(", ", new TreeSet<>(words.keySet()))));
    }
    return value;
  }

  <T> List<T> list(String key, Reader<T> reader) throws LocalFileException {
    Optional<Tree> tree = find(key);
    return tree.isPresent() ? list(tree.get(), reader) : List.of();
  }

  static <T> List<T> list(Tree tree, Reader<T> reader) throws LocalFileException {
    List<T> values = new ArrayList<>();
    for (Tree item : items(tree)) {
      values.add(reader.read(item));
    }
    return values;
  }

  /** Keys and values where the keys are free. */
  static <K, V> Map<K, V> map(Tree tree, Function<String, K> key, Reader<V> value)
      throws LocalFileException {
    Map<K, V> values = new LinkedHashMap<>();
    for (Map.Entry<String, Tree> field : fields(tree).values().entrySet()) {
      values.put(at(field.getValue().spot(), field.getKey(), key), value.read(field.getValue()));
    }
    return values;
  }

  /** Reads one value. */
  interface Reader<T> {
    T read(Tree tree) throws LocalFileException;
  }
}
