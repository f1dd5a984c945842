package dev.marrow.cli.edit;

import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * A YAML file as text in which single values of {@code metadata} are set or removed, while all
 * other characters stay as the user wrote them: comments, order, block or flow style. Immutable.
 */
public record YamlText(String text) {

  /**
   * Sets one entry of a map below {@code metadata} of one object.
   *
   * @param map {@code labels} or {@code annotations}
   * @return empty when the text has no such object
   */
  public Optional<YamlText> set(ObjectName object, String map, String key, String value) {
    return metadata(object).map(metadata -> new YamlText(set(metadata, map, key, value)));
  }

  /** Removes one entry; a text without it stays as it is. */
  public Optional<YamlText> remove(ObjectName object, String map, String key) {
    return metadata(object)
        .map(metadata ->
            find(metadata, map)
                .filter(entry -> entry.getValueNode() instanceof MappingNode)
                .flatMap(entry -> removal(metadata, entry, key))
                .map(YamlText::new)
                .orElse(this));
  }

  /**
   * What tells an object from the others of a file; a document that names no namespace fits any.
   *
   * @param template whether the {@code metadata} of its pod template is meant instead of its own
   */
  public record ObjectName(String kind, String namespace, String name, boolean template) {
    public ObjectName(String kind, String namespace, String name) {
      this(kind, namespace, name, false);
    }
  }

  private Optional<MappingNode> metadata(ObjectName object) {
    try {
      Iterable<Node> documents =
          new Compose(LoadSettings.builder().build()).composeAllFromString(text);
      return StreamSupport.stream(documents.spliterator(), false)
          .filter(MappingNode.class::isInstance)
          .map(MappingNode.class::cast)
          .filter(document -> scalar(document, "kind").equals(object.kind()))
          .filter(
              document -> mapping(document, "metadata").filter(it -> named(it, object)).isPresent())
          .flatMap(
              document -> (object.template() ? template(document) : Optional.of(document)).stream())
          .flatMap(document -> mapping(document, "metadata").stream())
          .findFirst();
    } catch (YamlEngineException e) {
      return Optional.empty();
    }
  }

  private static boolean named(MappingNode metadata, ObjectName object) {
    String namespace = scalar(metadata, "namespace");
    return scalar(metadata, "name").equals(object.name())
        && (namespace.isEmpty() || namespace.equals(object.namespace()));
  }

  private static Optional<MappingNode> template(MappingNode document) {
    return mapping(document, "spec").flatMap(spec -> mapping(spec, "template"));
  }

  private String set(MappingNode metadata, String map, String key, String value) {
    Optional<MappingNode> entries = mapping(metadata, map);
    if (entries.isEmpty()) return addMap(metadata, map, key, value);
    Optional<NodeTuple> old = find(entries.get(), key);
    if (old.isPresent()) {
      Node place = old.get().getValueNode();
      return text.substring(0, start(place)) + quote(value) + text.substring(end(place));
    }
    return add(entries.get(), quote(key) + ": " + quote(value));
  }

  private String addMap(MappingNode metadata, String map, String key, String value) {
    Optional<NodeTuple> empty = find(metadata, map);
    String entry = quote(key) + ": " + quote(value);
    if (empty.isPresent()) {
      // `labels:` with nothing behind it.
      int end = end(empty.get().getKeyNode());
      int colon = text.indexOf(':', end) + 1;
      return text.substring(0, colon)
          + " {"
          + entry
          + "}"
          + text.substring(Math.max(colon, end(empty.get().getValueNode())));
    }
    if (flow(metadata)) return add(metadata, map + ": {" + entry + "}");
    String indent = " ".repeat(column(metadata.getValue().getFirst().getKeyNode()));
    return add(metadata, map + ":\n" + indent + "  " + entry);
  }

  /** Adds an entry at the end of a mapping in the mapping's own style. */
  private String add(MappingNode mapping, String entry) {
    List<NodeTuple> entries = mapping.getValue();
    if (flow(mapping)) {
      int brace = end(mapping) - 1;
      String before = text.substring(0, brace).stripTrailing();
      String separator =
          entries.isEmpty() || before.endsWith(",") ? (entries.isEmpty() ? "" : " ") : ", ";
      return before + separator + entry + text.substring(brace);
    }
    String indent = " ".repeat(column(entries.getFirst().getKeyNode()));
    int after = lineEnd(last(entries.getLast().getValueNode(), entries.getLast().getKeyNode()));
    return text.substring(0, after) + "\n" + indent + entry + text.substring(after);
  }

  private Optional<String> removal(MappingNode metadata, NodeTuple map, String key) {
    MappingNode entries = (MappingNode) map.getValueNode();
    Optional<NodeTuple> entry = find(entries, key);
    if (entry.isEmpty()) return Optional.empty();
    boolean only = entries.getValue().size() == 1;
    if (only && !flow(metadata)) return Optional.of(withoutLines(map));
    if (only) return Optional.of(withoutFlowEntry(metadata, map));
    return Optional.of(
        flow(entries) ? withoutFlowEntry(entries, entry.get()) : withoutLines(entry.get()));
  }

  private String withoutLines(NodeTuple entry) {
    int from = text.lastIndexOf('\n', start(entry.getKeyNode())) + 1;
    int to = lineEnd(last(entry.getValueNode(), entry.getKeyNode()));
    return text.substring(0, from) + (to < text.length() ? text.substring(to + 1) : "");
  }

  private String withoutFlowEntry(MappingNode mapping, NodeTuple entry) {
    int index = mapping.getValue().indexOf(entry);
    int from = start(entry.getKeyNode());
    int to = end(entry.getValueNode());
    if (index + 1 < mapping.getValue().size()) {
      to = start(mapping.getValue().get(index + 1).getKeyNode());
    } else if (index > 0) {
      from = end(mapping.getValue().get(index - 1).getValueNode());
    }
    return text.substring(0, from) + text.substring(to);
  }

  /**
   * The last node below this one: a block ends where its last scalar does, not where the next key
   * begins.
   */
  private static Node last(Node node, Node key) {
    if (node instanceof MappingNode mapping && !flow(mapping) && !mapping.getValue().isEmpty()) {
      NodeTuple tuple = mapping.getValue().getLast();
      return last(tuple.getValueNode(), tuple.getKeyNode());
    }
    boolean nothing = node instanceof ScalarNode scalar && scalar.getValue().isEmpty();
    return nothing ? key : node;
  }

  private int lineEnd(Node node) {
    int end = text.indexOf('\n', Math.max(start(node), end(node) - 1));
    return end < 0 ? text.length() : end;
  }

  private static boolean flow(MappingNode mapping) {
    return mapping.getFlowStyle() == FlowStyle.FLOW;
  }

  private static Optional<NodeTuple> find(MappingNode mapping, String key) {
    return mapping.getValue().stream()
        .filter(entry ->
            entry.getKeyNode() instanceof ScalarNode scalar && scalar.getValue().equals(key))
        .findFirst();
  }

  private static Optional<MappingNode> mapping(MappingNode parent, String key) {
    return find(parent, key)
        .map(NodeTuple::getValueNode)
        .filter(MappingNode.class::isInstance)
        .map(MappingNode.class::cast);
  }

  private static String scalar(MappingNode parent, String key) {
    return find(parent, key)
        .map(NodeTuple::getValueNode)
        .filter(ScalarNode.class::isInstance)
        .map(node -> ((ScalarNode) node).getValue())
        .orElse("");
  }

  private int start(Node node) {
    return offset(node.getStartMark());
  }

  private int end(Node node) {
    return offset(node.getEndMark());
  }

  /** Marks count code points. */
  private int offset(Optional<Mark> mark) {
    return text.offsetByCodePoints(0, mark.map(Mark::getIndex).orElse(0));
  }

  private static int column(Node node) {
    return node.getStartMark().map(Mark::getColumn).orElse(0);
  }

  /** Leaves plain what YAML reads as a text; quotes the rest. */
  static String quote(String value) {
    boolean plain =
        value.matches("[A-Za-z/][A-Za-z0-9._/-]*")
            && !value.matches("(?i)true|false|yes|no|on|off|null|y|n");
    return plain ? value : "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
