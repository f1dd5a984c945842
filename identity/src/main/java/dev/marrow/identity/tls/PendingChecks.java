package dev.marrow.identity.tls;

import dev.marrow.identity.PeerCheck;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The check of each handshake under way. A TLS context is shared by all connections of an identity,
 * the check is not; the engine's peer host, which no rule of ours looks at and no peer sees,
 * carries the ticket by which the trust manager finds it. Thread-safe.
 */
final class PendingChecks {
  private final ConcurrentMap<String, PeerCheck> checks = new ConcurrentHashMap<>();
  private final AtomicLong next = new AtomicLong();

  /** A ticket without a dot: as a host name it would otherwise be sent as SNI. */
  String add(PeerCheck check) {
    String ticket = "check-" + next.incrementAndGet();
    checks.put(ticket, check);
    return ticket;
  }

  Optional<PeerCheck> find(String ticket) {
    return Optional.ofNullable(checks.get(ticket));
  }

  void remove(String ticket) {
    checks.remove(ticket);
  }

  int size() {
    return checks.size();
  }
}
