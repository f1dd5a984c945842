package dev.marrow.http.h2;

import java.util.Arrays;

/**
 * A header block in the making: HEADERS and its CONTINUATION frames, which nothing may come between
 * (RFC 9113 §4.3), within limits on bytes and frames (CVE-2024-27316).
 */
final class HeaderBlock {
  private final int maxBytes;
  private final int maxFrames;
  private byte[] bytes = new byte[256];
  private int length;
  private int frames;
  private int stream;
  private boolean open;
  private boolean endStream;
  private int dependency;

  HeaderBlock(Limits limits) {
    maxBytes = limits.maxHeaderBlockBytes();
    maxFrames = limits.maxContinuationFrames();
  }

  void checkOrder(int type, int frameStream) throws H2Error {
    boolean continues = type == FrameType.CONTINUATION;
    if (open != continues || open && frameStream != stream) {
      throw H2Error.connection(
          ErrorCode.PROTOCOL_ERROR,
          open ? "header block: interrupted" : "CONTINUATION: nothing to continue");
    }
  }

  /** Refuses before the bytes are collected. */
  void checkLength(int more) throws H2Error {
    if ((open ? length : 0) + more > maxBytes) {
      throw H2Error.flood(Limit.HEADER_BLOCK_BYTES);
    }
    if (open && ++frames > maxFrames) {
      throw H2Error.flood(Limit.CONTINUATION_FRAMES);
    }
  }

  void begin(
      int frameStream,
      byte[] source,
      int from,
      int count,
      boolean endHeaders,
      boolean end,
      int dependsOn) {
    stream = frameStream;
    length = 0;
    frames = 0;
    endStream = end;
    dependency = dependsOn;
    open = !endHeaders;
    append(source, from, count);
  }

  void continuation(byte[] source, int count, boolean endHeaders) {
    open = !endHeaders;
    append(source, 0, count);
  }

  private void append(byte[] source, int from, int count) {
    if (length + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * bytes.length));
    }
    System.arraycopy(source, from, bytes, length, count);
    length += count;
  }

  boolean complete() {
    return !open;
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  boolean endStream() {
    return endStream;
  }

  int dependency() {
    return dependency;
  }

  /** One large block must not cost memory for the rest of the connection's life. */
  void shrink() {
    if (bytes.length > 4096) {
      bytes = new byte[256];
    }
  }
}
