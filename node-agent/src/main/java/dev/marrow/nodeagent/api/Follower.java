package dev.marrow.nodeagent.api;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** Is told what becomes of a collection, by one thread. */
public interface Follower {
  /** These are all there are now. */
  void all(List<JsonNode> objects);

  /** One is new or another one than before. */
  void changed(JsonNode object);

  void removed(JsonNode object);
}
