package dev.marrow.nodeagent.cni;

import java.nio.file.Path;
import java.util.List;

/**
 * Where the plugin lives.
 *
 * @param source its files in our image
 * @param binaries the node's folder of plugins, as we see it
 * @param binariesOnNode the same as the node calls it
 * @param configuration the node's folder of configurations, as we see it
 * @param exchange where plugin and agent meet; called the same on the node
 * @param outside namespaces whose pods the plugin lets pass without asking
 */
public record PluginPlaces(
    Path source,
    Path binaries,
    Path binariesOnNode,
    Path configuration,
    Path exchange,
    List<String> outside) {
  public PluginPlaces {
    outside = List.copyOf(outside);
  }
}
