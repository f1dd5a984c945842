package dev.marrow.nodeagent.settings;

import dev.marrow.nodeagent.redirect.ProbeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * What the environment asks for.
 *
 * @param announcements the socket node proxies connect to
 * @param source where pods are read and marked
 * @param dns whether queries are redirected unless a pod says otherwise
 * @param marksProbes whether the node's own connections to pods bypass the proxy
 * @param settle between telling peers that a pod leaves and letting its traffic go
 * @param drain between letting traffic go and taking away all rules, when the node is cleaned
 * @param statusPort readiness and metrics
 */
public record Settings(
    String node,
    Path announcements,
    Source source,
    Backend backend,
    Set<String> excludedNamespaces,
    boolean dns,
    boolean marksProbes,
    ProbeSource probeSource,
    Duration settle,
    Duration drain,
    Duration check,
    int statusPort,
    String logLevel) {
  public Settings {
    excludedNamespaces = Set.copyOf(excludedNamespaces);
  }
}
