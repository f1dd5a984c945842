package dev.marrow.conformance.wire;

/** One HTTP/2 frame (RFC 9113 §4.1), exactly as it was on the wire. */
public record Frame(int type, int flags, int stream, byte[] payload) {
  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int PRIORITY = 2;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PUSH_PROMISE = 5;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;

  public static final int END_STREAM = 0x1;
  public static final int ACK = 0x1;
  public static final int END_HEADERS = 0x4;
  public static final int PADDED = 0x8;
  public static final int PRIORITY_FLAG = 0x20;

  private static final String[] NAMES = {
    "DATA",
    "HEADERS",
    "PRIORITY",
    "RST_STREAM",
    "SETTINGS",
    "PUSH_PROMISE",
    "PING",
    "GOAWAY",
    "WINDOW_UPDATE",
    "CONTINUATION"
  };

  public boolean is(int wanted) {
    return type == wanted;
  }

  public boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** The 32-bit number at {@code offset}: an error code, a window increment, a last stream id. */
  public long number(int offset) {
    return (payload[offset] & 0xffL) << 24
        | (payload[offset + 1] & 0xffL) << 16
        | (payload[offset + 2] & 0xffL) << 8
        | payload[offset + 3] & 0xffL;
  }

  /** The error code of a RST_STREAM or GOAWAY. */
  public ErrorCode error() {
    return ErrorCode.of(number(type == GOAWAY ? 4 : 0));
  }

  @Override
  public String toString() {
    String name = type < NAMES.length ? NAMES[type] : "type " + type;
    String detail =
        switch (type) {
          case RST_STREAM, GOAWAY -> payload.length >= 4 ? " " + error() : "";
          case DATA -> " " + payload.length + " bytes";
          default -> payload.length == 0 ? "" : " " + Hex.brief(payload);
        };
    return "%s stream %d flags 0x%02x%s".formatted(name, stream, flags, detail);
  }
}
