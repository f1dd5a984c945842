package dev.marrow.http.h2;

/** What a frame's header alone can be wrong about (RFC 9113 §6). */
final class FrameRules {
  /** Each may move the windows of all streams, and there are not so many kinds (CVE-2020-11080). */
  private static final int MOST_SETTINGS = 32;

  private FrameRules() {}

  static void check(int type, int flags, int stream, int length) throws H2Error {
    switch (type) {
      case FrameType.DATA -> {
        onStream(stream, "DATA");
        atLeast(length, padding(flags), "DATA");
      }
      case FrameType.HEADERS -> {
        onStream(stream, "HEADERS");
        int priority = (flags & FrameType.WITH_PRIORITY) != 0 ? 5 : 0;
        atLeast(length, padding(flags) + priority, "HEADERS");
      }
      case FrameType.PRIORITY -> onStream(stream, "PRIORITY");
      case FrameType.RST_STREAM -> {
        onStream(stream, "RST_STREAM");
        exactly(length, 4, "RST_STREAM");
      }
      case FrameType.SETTINGS -> {
        onConnection(stream, "SETTINGS");
        boolean ack = (flags & FrameType.ACK) != 0;
        if (length % 6 != 0 || ack && length != 0) {
          throw H2Error.connection(ErrorCode.FRAME_SIZE_ERROR, "SETTINGS: length");
        }
        if (length > MOST_SETTINGS * 6) {
          throw H2Error.flood(Limit.SETTINGS_RATE);
        }
      }
      case FrameType.PUSH_PROMISE ->
          throw H2Error.connection(ErrorCode.PROTOCOL_ERROR, "PUSH_PROMISE: push is off");
      case FrameType.PING -> {
        onConnection(stream, "PING");
        exactly(length, 8, "PING");
      }
      case FrameType.GOAWAY -> {
        onConnection(stream, "GOAWAY");
        atLeast(length, 8, "GOAWAY");
      }
      case FrameType.WINDOW_UPDATE -> exactly(length, 4, "WINDOW_UPDATE");
      case FrameType.CONTINUATION -> onStream(stream, "CONTINUATION");
      default -> {}
    }
  }

  private static int padding(int flags) {
    return (flags & FrameType.PADDED) != 0 ? 1 : 0;
  }

  private static void onStream(int stream, String frame) throws H2Error {
    if (stream == 0) {
      throw H2Error.connection(ErrorCode.PROTOCOL_ERROR, frame + ": on stream 0");
    }
  }

  private static void onConnection(int stream, String frame) throws H2Error {
    if (stream != 0) {
      throw H2Error.connection(ErrorCode.PROTOCOL_ERROR, frame + ": not on stream 0");
    }
  }

  private static void exactly(int length, int expected, String frame) throws H2Error {
    if (length != expected) {
      throw H2Error.connection(ErrorCode.FRAME_SIZE_ERROR, frame + ": length is not " + expected);
    }
  }

  private static void atLeast(int length, int least, String frame) throws H2Error {
    if (length < least) {
      throw H2Error.connection(ErrorCode.FRAME_SIZE_ERROR, frame + ": length below " + least);
    }
  }
}
