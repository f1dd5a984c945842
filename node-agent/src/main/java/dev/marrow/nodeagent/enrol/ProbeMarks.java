package dev.marrow.nodeagent.enrol;

import dev.marrow.nodeagent.plan.PodTarget;
import dev.marrow.nodeagent.redirect.RedirectRules;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the node's own connections to enrolled pods recognisable. Confined to the agent's thread.
 */
final class ProbeMarks {
  private static final Logger LOG = LoggerFactory.getLogger(ProbeMarks.class);

  private final RedirectRules rules;
  private final boolean wanted;
  private Set<InetAddress> covered = Set.of();

  ProbeMarks(RedirectRules rules, boolean wanted) {
    this.rules = rules;
    this.wanted = wanted;
  }

  void cover(Collection<PodTarget> pods) {
    var addresses = new HashSet<InetAddress>();
    pods.forEach(pod -> addresses.addAll(pod.addresses()));
    if (wanted && !addresses.equals(covered)) {
      mark(addresses);
    }
  }

  /** Whoever loads the node's firewall anew takes our rules away with his own. */
  void repair() {
    if (!covered.isEmpty()) {
      mark(covered);
    }
  }

  private void mark(Set<InetAddress> addresses) {
    try {
      rules.markProbes(addresses);
      covered = addresses;
    } catch (IOException failure) {
      LOG.warn("probes go through the proxy: {}", failure.getMessage());
    }
  }
}
