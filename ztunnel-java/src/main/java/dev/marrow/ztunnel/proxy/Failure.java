package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.RelayEnd;
import dev.marrow.hbone.TunnelResult;
import dev.marrow.http.Abort;
import dev.marrow.ztunnel.report.Flag;
import dev.marrow.ztunnel.report.LogLevel;
import io.netty.channel.ConnectTimeoutException;

/** Why a connection failed, as its report says it: the words runbooks search for. */
record Failure(Flag flag, LogLevel level, String text) {
  static final Failure NONE = new Failure(Flag.OK, "");
  static final String DRAIN = "connection closed due to connection drain";
  static final String POLICY_CHANGE = "connection closed due to policy change";

  /** How TLS names a revoked certificate. */
  static final String REVOCATION = "REVOKED";

  static final String REVOKED = "peer certificate revoked by CRL";

  private Failure(Flag flag, String text) {
    this(flag, text.isEmpty() ? LogLevel.INFO : LogLevel.ERROR, text);
  }

  static Failure of(Refusal refusal) {
    return new Failure(Flag.CONNECT, refusal.text());
  }

  /** Of a connection of a pod of which the mesh says nothing. */
  static String workloadUnknown(PodName pod) {
    return "failed to fetch information about local workload: timed out waiting for workload '%s'"
            .formatted(pod)
        + " from xds";
  }

  static Failure denied(String why) {
    return new Failure(Flag.DENY, "connection closed due to policy rejection: " + why);
  }

  static Failure of(TunnelResult.Failed failed) {
    if (failed.detail().contains(REVOCATION)) {
      return new Failure(Flag.CERT_REVOKED, REVOKED);
    }
    return switch (failed.reason()) {
      case CONNECT_TIMEOUT ->
          new Failure(
              Flag.NETWORK_POLICY,
              "connection timed out, maybe a NetworkPolicy is blocking HBONE port 15008: "
                  + failed.detail());
      case TLS -> new Failure(Flag.TLS_FAILURE, "tls handshake failed: " + failed.detail());
      case IDENTITY -> new Failure(Flag.IDENTITY_ERROR, "identity error: " + failed.detail());
      case CERTIFICATE ->
          new Failure(Flag.IDENTITY_ERROR, "failed to fetch certificate: " + failed.detail());
      case H2 -> new Failure(Flag.H2_HANDSHAKE_FAILURE, "http2 failed: " + failed.detail());
      case REFUSED -> new Failure(Flag.CONNECT, "http status: " + status(failed.status()));
      case CONNECT, TIMEOUT, LIMIT, CANCELLED ->
          new Failure(Flag.CONNECT, "connection failed: " + failed.detail());
      case DRAINED -> new Failure(Flag.CONNECT, DRAIN);
    };
  }

  /** Of a plain dial. */
  static Failure of(Throwable cause) {
    String text =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    boolean late = cause instanceof ConnectTimeoutException;
    return new Failure(
        Flag.CONNECT, late ? "connection timed out: " + text : "connection failed: " + text);
  }

  /** Of a connection that was open; a reset by an app is an end like any other. */
  static Failure of(RelayEnd end) {
    return switch (end) {
      case RelayEnd.Finished finished -> NONE;
      case RelayEnd.Aborted aborted -> of(aborted.by(), aborted.why());
    };
  }

  private static Failure of(RelayEnd.Side by, Abort why) {
    return switch (why.reason()) {
      case RESET, CANCELLED -> NONE;
      case POLICY ->
          why.detail().equals(REVOKED)
              ? new Failure(Flag.CERT_REVOKED, REVOKED)
              : new Failure(Flag.DENY, POLICY_CHANGE);
      case DRAIN -> new Failure(Flag.CONNECT, DRAIN);
      case TRUNCATED, CONNECTION_LOST, REFUSED, INTERNAL ->
          new Failure(Flag.CONNECT, level(by), "connection lost: " + why.detail());
      case TIMEOUT, PROTOCOL, FLOOD ->
          new Failure(Flag.CONNECT, "connection lost: " + why.detail());
    };
  }

  /** A peer that drops what it began without ado is worth a word, and no error of ours. */
  private static LogLevel level(RelayEnd.Side by) {
    return by == RelayEnd.Side.OURS ? LogLevel.ERROR : LogLevel.WARN;
  }

  private static String status(int code) {
    return switch (code) {
      case 400 -> "400 Bad Request";
      case 401 -> "401 Unauthorized";
      case 403 -> "403 Forbidden";
      case 404 -> "404 Not Found";
      case 429 -> "429 Too Many Requests";
      case 500 -> "500 Internal Server Error";
      case 502 -> "502 Bad Gateway";
      case 503 -> "503 Service Unavailable";
      case 504 -> "504 Gateway Timeout";
      default -> Integer.toString(code);
    };
  }
}
