package dev.marrow.controlplane.authority;

import io.grpc.Context;
import java.util.Optional;

/**
 * Who calls, proven by a token or a certificate.
 *
 * @param place which pod on which node; only tokens tell
 */
public record Caller(String namespace, String serviceAccount, Optional<Place> place) {
  /** The caller of the call that is being handled. */
  public static final Context.Key<Caller> CURRENT = Context.key("caller");

  /** Where a token was given out to. */
  public record Place(String pod, String podUid, String node) {}

  /** {@code namespace/account}. */
  public String account() {
    return namespace + "/" + serviceAccount;
  }
}
