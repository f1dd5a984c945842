package dev.marrow.identity.tls;

import dev.marrow.identity.SpiffeId;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The identity a peer has proven, kept in its own session: the leaf need not be read a second time.
 * It is there only after everything about the peer has been accepted, and ends with the session.
 */
final class ProvenId {
  private static final String KEY = "marrow.proven-id";

  private ProvenId() {}

  static void remember(@Nullable SSLSession session, SpiffeId id) {
    if (session != null) {
      session.putValue(KEY, id);
    }
  }

  static Optional<SpiffeId> of(SSLSession session) {
    return session.getValue(KEY) instanceof SpiffeId id ? Optional.of(id) : Optional.empty();
  }
}
