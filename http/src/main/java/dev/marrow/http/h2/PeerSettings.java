package dev.marrow.http.h2;

/** What the peer's SETTINGS frames said, checked (RFC 9113 §6.5.2, RFC 8441 §3). */
final class PeerSettings {
  private static final int HEADER_TABLE_SIZE = 1;
  private static final int ENABLE_PUSH = 2;
  private static final int MAX_CONCURRENT_STREAMS = 3;
  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int MAX_FRAME_SIZE = 5;
  private static final int ENABLE_CONNECT_PROTOCOL = 8;

  private final boolean fromServer;
  private int maxConcurrentStreams;
  private boolean extendedConnect;
  private boolean received;

  PeerSettings(boolean fromServer, int assumedStreams) {
    this.fromServer = fromServer;
    this.maxConcurrentStreams = assumedStreams;
  }

  boolean received() {
    return received;
  }

  /** A first frame without a limit means that there is none. */
  void begin() {
    if (!received) {
      received = true;
      maxConcurrentStreams = Integer.MAX_VALUE;
    }
  }

  int maxConcurrentStreams() {
    return maxConcurrentStreams;
  }

  boolean extendedConnect() {
    return extendedConnect;
  }

  /** Takes one setting; unknown ones are ignored. */
  void apply(int id, int value, FrameWriter writer, Outbound outbound, StreamTable streams)
      throws H2Error {
    begin();
    switch (id) {
      case HEADER_TABLE_SIZE ->
          writer.encoder().peerTableBytes(value < 0 ? Integer.MAX_VALUE : value);
      case ENABLE_PUSH -> check(value == 0 || value == 1 && !fromServer, "ENABLE_PUSH");
      case MAX_CONCURRENT_STREAMS -> maxConcurrentStreams = value < 0 ? Integer.MAX_VALUE : value;
      case INITIAL_WINDOW_SIZE -> {
        if (value < 0) {
          throw H2Error.connection(
              ErrorCode.FLOW_CONTROL_ERROR, "INITIAL_WINDOW_SIZE: above 2^31-1");
        }
        outbound.initialStreamWindow(value, streams);
      }
      case MAX_FRAME_SIZE -> {
        check(value >= Settings.DEFAULT_FRAME && value <= Settings.MAX_FRAME, "MAX_FRAME_SIZE");
        writer.maxFrameBytes(value);
      }
      case ENABLE_CONNECT_PROTOCOL -> {
        check(value == 1 || value == 0 && !extendedConnect, "ENABLE_CONNECT_PROTOCOL");
        extendedConnect = value == 1;
      }
      default -> {}
    }
  }

  private static void check(boolean valid, String name) throws H2Error {
    if (!valid) {
      throw H2Error.connection(ErrorCode.PROTOCOL_ERROR, name + ": value not allowed");
    }
  }
}
