package dev.marrow.hbone;

import dev.marrow.hbone.TunnelResult.Failed;
import dev.marrow.hbone.TunnelResult.Reason;
import dev.marrow.hbone.TunnelResult.Side;
import dev.marrow.http.Abort;
import dev.marrow.identity.tls.HandshakeFailure;
import io.netty.channel.ConnectTimeoutException;

/** From what went wrong to the result that says so. Pure. */
final class Failures {
  private Failures() {}

  static Failed drained() {
    return new Failed(Reason.DRAINED, Side.OURS, 0, false, "pool drained");
  }

  static Failed limit(String what) {
    return new Failed(Reason.LIMIT, Side.OURS, 0, true, what);
  }

  static Failed certificate(Throwable cause) {
    return new Failed(Reason.CERTIFICATE, Side.OURS, 0, false, text(cause));
  }

  static Failed connect(Throwable cause) {
    boolean timeout = cause instanceof ConnectTimeoutException;
    Reason reason = timeout ? Reason.CONNECT_TIMEOUT : Reason.CONNECT;
    return new Failed(reason, Side.NETWORK, 0, true, text(cause));
  }

  static Failed handshake(Throwable cause) {
    HandshakeFailure failure = HandshakeFailure.of(cause);
    Reason reason =
        switch (failure) {
          case HandshakeFailure.Certificate refused -> Reason.IDENTITY;
          case HandshakeFailure.Alert alert -> Reason.TLS;
          case HandshakeFailure.Protocol protocol ->
              protocol.reason() == HandshakeFailure.Reason.TIMEOUT ? Reason.TIMEOUT : Reason.TLS;
        };
    return new Failed(reason, Side.PEER, 0, true, failure.name());
  }

  /** The connection, or the stream on it, ended before CONNECT was answered. */
  static Failed aborted(Abort why, boolean connectionReady) {
    // In TLS 1.3 a server's refusal of our certificate arrives after our handshake is done.
    boolean refused = !connectionReady && why.detail().startsWith("TLS: ");
    Reason reason = refused ? Reason.TLS : Reason.H2;
    boolean retryable =
        why.reason() == Abort.Reason.REFUSED || why.reason() == Abort.Reason.CONNECTION_LOST;
    return new Failed(reason, Side.PEER, 0, retryable, why.detail());
  }

  static Failed answerTimeout() {
    return new Failed(Reason.TIMEOUT, Side.PEER, 0, false, "CONNECT: no answer in time");
  }

  static Failed refused(int status) {
    return new Failed(Reason.REFUSED, Side.PEER, status, status == 503, "http status: " + status);
  }

  private static String text(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
