package dev.marrow.http.h2;

/** The limits against abuse of one connection; the name under which reaching one is counted. */
public enum Limit {
  CONCURRENT_STREAMS,
  HEADER_LIST_BYTES,
  HEADER_FIELDS,
  CONTINUATION_FRAMES,
  HEADER_BLOCK_BYTES,
  PEER_RESETS,
  OUR_RESETS,
  SETTINGS_RATE,
  PING_RATE,
  CONTROL_RATE,
  EMPTY_DATA,
  QUEUED_OUTBOUND_BYTES,
  QUEUED_INBOUND_BYTES,
  WINDOW_STALL,
  SETTINGS_TIMEOUT,
  PING_TIMEOUT
}
