package dev.marrow.identity.tls;

import dev.marrow.identity.PeerRefusal;
import dev.marrow.identity.Verdict.Refused;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Why a handshake failed, by whose decision. */
public sealed interface HandshakeFailure {
  /** We refused the peer's certificate. */
  record Certificate(PeerRefusal why, String detail) implements HandshakeFailure {}

  /**
   * The peer refused us with an alert (RFC 8446 §6.2).
   *
   * @param alert in lower case with underscores, for example {@code certificate_expired}
   */
  record Alert(String alert) implements HandshakeFailure {}

  /** Something other than certificates went wrong. */
  record Protocol(Reason reason, String detail) implements HandshakeFailure {}

  /** What can go wrong besides certificates. */
  enum Reason {
    /** The first bytes are no TLS record. */
    NOT_TLS,
    /** No version, cipher or group in common. */
    NO_COMMON_PARAMETERS,
    /** No {@code h2} in ALPN. */
    NO_APPLICATION_PROTOCOL,
    TIMEOUT,
    /** The connection ended first. */
    CLOSED,
    /** The peer breaks the protocol, or the connection broke below TLS. */
    BROKEN
  }

  /** The name under which this is logged and counted, for example {@code IDENTITY_MISMATCH}. */
  default String name() {
    return switch (this) {
      case Certificate(PeerRefusal why, String detail) -> why.name();
      case Alert(String alert) -> "PEER_ALERT_" + alert.toUpperCase(Locale.ROOT);
      case Protocol(Reason reason, String detail) -> reason.name();
    };
  }

  /** Reads what a {@code SslHandler} reports: its handshake's cause or an exception it caught. */
  static HandshakeFailure of(Throwable reported) {
    for (Throwable t = reported; t != null; t = t.getCause()) {
      Optional<HandshakeFailure> known = known(t);
      if (known.isPresent()) {
        return known.get();
      }
      if (t.getCause() == null) {
        return fromMessage(t, String.valueOf(t.getMessage()));
      }
    }
    throw new AssertionError("no last cause");
  }

  private static Optional<HandshakeFailure> known(Throwable t) {
    return switch (t) {
      case PeerRefusedException refused -> {
        Refused why = refused.refused();
        yield Optional.of(new Certificate(why.why(), why.detail()));
      }
      case PeerTrust.NoProtocolException no ->
          Optional.of(
              new Protocol(Reason.NO_APPLICATION_PROTOCOL, String.valueOf(no.getMessage())));
      case SslHandshakeTimeoutException timeout ->
          Optional.of(new Protocol(Reason.TIMEOUT, String.valueOf(timeout.getMessage())));
      case NotSslRecordException not -> Optional.of(new Protocol(Reason.NOT_TLS, "no TLS record"));
      case ClosedChannelException closed ->
          Optional.of(new Protocol(Reason.CLOSED, "connection closed"));
      default -> Optional.empty();
    };
  }

  private static HandshakeFailure fromMessage(Throwable last, String text) {
    Optional<String> alert = Alerts.received(text);
    if (alert.isPresent()) {
      return new Alert(alert.get());
    }
    if (Alerts.saysNoCertificate(text)) {
      return new Certificate(PeerRefusal.NO_CERTIFICATE, "no certificate");
    }
    if (Alerts.saysNothingInCommon(text)) {
      return new Protocol(Reason.NO_COMMON_PARAMETERS, text);
    }
    if (Alerts.saysNoProtocol(text)) {
      return new Protocol(Reason.NO_APPLICATION_PROTOCOL, text);
    }
    if (last instanceof SSLException && text.contains("closed")) {
      return new Protocol(Reason.CLOSED, "connection closed");
    }
    return new Protocol(Reason.BROKEN, last.getClass().getSimpleName() + ": " + text);
  }
}
