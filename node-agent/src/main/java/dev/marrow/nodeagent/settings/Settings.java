package dev.marrow.nodeagent.settings;

import dev.marrow.nodeagent.redirect.ProbeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What the environment asks for.
 *
 * @param announcements the socket node proxies connect to
 * @param config directories of YAML, later ones over earlier ones
 * @param enrolments where enrolled pods are entered
 * @param dns whether queries are redirected unless a pod says otherwise
 * @param marksProbes whether the node's own connections to pods bypass the proxy
 * @param settle between telling peers that a pod leaves and letting its traffic go
 * @param statusPort readiness and metrics
 */
public record Settings(
    String node,
    Path announcements,
    List<Path> config,
    Path enrolments,
    Backend backend,
    Set<String> excludedNamespaces,
    boolean dns,
    boolean marksProbes,
    ProbeSource probeSource,
    Duration settle,
    Duration check,
    int statusPort,
    String logLevel) {
  public Settings {
    config = List.copyOf(config);
    excludedNamespaces = Set.copyOf(excludedNamespaces);
  }
}
