package dev.marrow.waypoint.authorize;

import dev.marrow.identity.SpiffeId;
import java.net.InetAddress;

/**
 * Who opened the connection, as TLS verified it.
 *
 * @param principal {@code trust-domain/ns/x/sa/y}; "" where there was no certificate
 * @param namespace "" unless the id has Istio's form
 * @param account likewise
 */
public record Caller(String principal, String namespace, String account, InetAddress ip) {
  public static Caller of(SpiffeId id, InetAddress ip) {
    String text = id.toString().substring("spiffe://".length());
    return new Caller(text, id.namespace().orElse(""), id.serviceAccount().orElse(""), ip);
  }

  /** Somebody without a certificate. */
  public static Caller unknown(InetAddress ip) {
    return new Caller("", "", "", ip);
  }
}
