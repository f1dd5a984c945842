package dev.marrow.hbone;

import java.util.Map;
import java.util.Optional;

/**
 * One CONNECT to be sent (RFC 9113 §8.5) and what it says about its sender.
 *
 * @param authority where the other end shall connect to
 * @param baggage who the sender is; {@link Baggage#NONE} sends no header
 * @param forwarded who opened the connection and for which service; {@link Forwarded#NONE} sends no
 *     header
 * @param traceparent sent as it is; {@link TraceParent#NONE} sends no header
 * @param extra further headers by lower-case name, for example {@code x-forwarded-network}
 */
public record ConnectRequest(
    Authority authority,
    Baggage baggage,
    Forwarded forwarded,
    TraceParent traceparent,
    Map<String, String> extra) {
  public ConnectRequest {
    extra = Map.copyOf(extra);
  }

  /** A CONNECT that tells nothing but where to. */
  public static ConnectRequest to(Authority authority) {
    return new ConnectRequest(authority, Baggage.NONE, Forwarded.NONE, TraceParent.NONE, Map.of());
  }

  Optional<String> extra(String name) {
    return Optional.ofNullable(extra.get(name));
  }
}
