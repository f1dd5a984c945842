package dev.marrow.conformance.wire;

import org.bouncycastle.tls.AlertDescription;

/** A TLS alert that the target sent (RFC 8446 §6). */
public record Alert(short code) {
  public static final Alert CLOSE_NOTIFY = new Alert(AlertDescription.close_notify);
  public static final Alert HANDSHAKE_FAILURE = new Alert(AlertDescription.handshake_failure);
  public static final Alert BAD_CERTIFICATE = new Alert(AlertDescription.bad_certificate);
  public static final Alert UNSUPPORTED_CERTIFICATE =
      new Alert(AlertDescription.unsupported_certificate);
  public static final Alert CERTIFICATE_REVOKED = new Alert(AlertDescription.certificate_revoked);
  public static final Alert CERTIFICATE_EXPIRED = new Alert(AlertDescription.certificate_expired);
  public static final Alert CERTIFICATE_UNKNOWN = new Alert(AlertDescription.certificate_unknown);
  public static final Alert ILLEGAL_PARAMETER = new Alert(AlertDescription.illegal_parameter);
  public static final Alert UNKNOWN_CA = new Alert(AlertDescription.unknown_ca);
  public static final Alert ACCESS_DENIED = new Alert(AlertDescription.access_denied);
  public static final Alert DECODE_ERROR = new Alert(AlertDescription.decode_error);
  public static final Alert DECRYPT_ERROR = new Alert(AlertDescription.decrypt_error);
  public static final Alert PROTOCOL_VERSION = new Alert(AlertDescription.protocol_version);
  public static final Alert UNEXPECTED_MESSAGE = new Alert(AlertDescription.unexpected_message);
  public static final Alert RECORD_OVERFLOW = new Alert(AlertDescription.record_overflow);
  public static final Alert CERTIFICATE_REQUIRED = new Alert((short) 116);
  public static final Alert NO_APPLICATION_PROTOCOL = new Alert((short) 120);

  @Override
  public String toString() {
    return AlertDescription.getName(code);
  }
}
