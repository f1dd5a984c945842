package dev.marrow.http.h2;

import dev.marrow.http.Abort;

/** Error codes of RST_STREAM and GOAWAY (RFC 9113 §7), in the order of their numbers. */
public enum ErrorCode {
  NO_ERROR(Abort.Reason.CANCELLED),
  PROTOCOL_ERROR(Abort.Reason.PROTOCOL),
  INTERNAL_ERROR(Abort.Reason.INTERNAL),
  FLOW_CONTROL_ERROR(Abort.Reason.PROTOCOL),
  SETTINGS_TIMEOUT(Abort.Reason.TIMEOUT),
  STREAM_CLOSED(Abort.Reason.PROTOCOL),
  FRAME_SIZE_ERROR(Abort.Reason.PROTOCOL),
  REFUSED_STREAM(Abort.Reason.REFUSED),
  CANCEL(Abort.Reason.CANCELLED),
  COMPRESSION_ERROR(Abort.Reason.PROTOCOL),
  CONNECT_ERROR(Abort.Reason.RESET),
  ENHANCE_YOUR_CALM(Abort.Reason.FLOOD),
  INADEQUATE_SECURITY(Abort.Reason.PROTOCOL),
  HTTP_1_1_REQUIRED(Abort.Reason.PROTOCOL);

  private static final ErrorCode[] BY_NUMBER = values();

  private final Abort.Reason reason;
  private final Abort received;

  ErrorCode(Abort.Reason reason) {
    this.reason = reason;
    this.received = new Abort(reason, "RST_STREAM " + name());
  }

  /** The number on the wire. */
  public int number() {
    return ordinal();
  }

  /** Unknown numbers are treated as INTERNAL_ERROR (RFC 9113 §7). */
  public static ErrorCode of(int number) {
    return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : INTERNAL_ERROR;
  }

  /** The code that tells a peer about {@code why}. */
  public static ErrorCode of(Abort why) {
    return switch (why.reason()) {
      case RESET, TRUNCATED, CONNECTION_LOST -> CONNECT_ERROR;
      case CANCELLED, TIMEOUT, POLICY, DRAIN -> CANCEL;
      case REFUSED -> REFUSED_STREAM;
      case PROTOCOL -> PROTOCOL_ERROR;
      case FLOOD -> ENHANCE_YOUR_CALM;
      case INTERNAL -> INTERNAL_ERROR;
    };
  }

  Abort.Reason reason() {
    return reason;
  }

  Abort received() {
    return received;
  }
}
