package dev.marrow.controlplane.serve;

import dev.marrow.controlplane.publish.ResourceType;

/** Hears what happens on streams, to count and to log it. Thread-safe. */
public interface StreamReport {
  void opened(String client);

  void closed(String client, String why);

  void pushed(ResourceType type, int resources, int removed, int bytes);

  /** A client did not accept a response. */
  void rejected(String client, ResourceType type, String message);
}
