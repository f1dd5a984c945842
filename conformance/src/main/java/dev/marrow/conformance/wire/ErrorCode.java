package dev.marrow.conformance.wire;

/** RFC 9113 §7. */
public enum ErrorCode {
  NO_ERROR,
  PROTOCOL_ERROR,
  INTERNAL_ERROR,
  FLOW_CONTROL_ERROR,
  SETTINGS_TIMEOUT,
  STREAM_CLOSED,
  FRAME_SIZE_ERROR,
  REFUSED_STREAM,
  CANCEL,
  COMPRESSION_ERROR,
  CONNECT_ERROR,
  ENHANCE_YOUR_CALM,
  INADEQUATE_SECURITY,
  HTTP_1_1_REQUIRED,
  UNKNOWN;

  static ErrorCode of(long number) {
    return number >= 0 && number < UNKNOWN.ordinal() ? values()[(int) number] : UNKNOWN;
  }
}
