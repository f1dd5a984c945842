package dev.marrow.resources;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Builds the tree of a document from its tokens and counts as it goes. Refuses aliases: the parser
 * hands them out as plain text, and resolved they are how small files become huge ones. Confined to
 * one thread.
 */
final class YamlTree {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private final JsonParser parser;
  private final FileLimits limits;
  private int nodes;

  YamlTree(JsonParser parser, FileLimits limits) {
    this.parser = parser;
    this.limits = limits;
  }

  /** Reads the value whose first token is the current one. */
  JsonNode read() {
    return value(1);
  }

  private JsonNode value(int depth) {
    if (depth > limits.depth()) {
      throw unreadable("nested deeper than %d".formatted(limits.depth()));
    }
    if (++nodes > limits.nodes()) {
      throw unreadable("more than %d values".formatted(limits.nodes()));
    }
    if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
      throw unreadable("alias '*%s' (expected: the value itself)".formatted(parser.getString()));
    }
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> object(depth);
      case START_ARRAY -> array(depth);
      case VALUE_STRING -> NODES.stringNode(parser.getString());
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      case VALUE_NULL -> NODES.nullNode();
      case VALUE_NUMBER_INT -> integer();
      case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
      default -> throw unreadable("unexpected " + token);
    };
  }

  private JsonNode integer() {
    return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        ? NODES.numberNode(parser.getBigIntegerValue())
        : NODES.numberNode(parser.getLongValue());
  }

  private ObjectNode object(int depth) {
    ObjectNode object = NODES.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      if (object.has(name)) {
        throw unreadable("'%s' twice".formatted(name));
      }
      object.set(name, value(depth + 1));
    }
    return object;
  }

  private ArrayNode array(int depth) {
    ArrayNode array = NODES.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(value(depth + 1));
    }
    return array;
  }

  private Unreadable unreadable(String reason) {
    return new Unreadable(parser.currentTokenLocation().getLineNr(), reason);
  }
}
