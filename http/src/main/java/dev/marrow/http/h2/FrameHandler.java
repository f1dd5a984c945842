package dev.marrow.http.h2;

import io.netty.buffer.ByteBuf;

/** Takes what {@link FrameReader} finds, in the order of the wire. */
interface FrameHandler {
  /** A DATA frame begins; {@code flowBytes} counts padding too (RFC 9113 §6.1). */
  void dataBegins(int stream, int flowBytes, int payloadBytes) throws H2Error;

  /**
   * A part of the payload of the DATA frame that began; owned by the handler, which never fails.
   */
  void data(ByteBuf part);

  /** The DATA frame is over. */
  void dataEnds(boolean endStream) throws H2Error;

  /** A whole header block; {@code dependency} is -1 without priority. The bytes are reused. */
  void headers(int stream, byte[] block, int length, boolean endStream, int dependency)
      throws H2Error;

  /** A frame that is wrong for its stream only; it was skipped. */
  void streamError(int stream, ErrorCode code, String detail) throws H2Error;

  void priority(int stream, int dependency) throws H2Error;

  void resetStream(int stream, int code) throws H2Error;

  void setting(int id, int value) throws H2Error;

  /** All settings of a frame were given; or, with {@code ack}, ours are acknowledged. */
  void settingsEnd(boolean ack) throws H2Error;

  void ping(boolean ack, long payload) throws H2Error;

  void goAway(int lastStream, int code) throws H2Error;

  void windowUpdate(int stream, int increment) throws H2Error;

  /** A frame of a type nobody defined; skipped (§5.5). */
  void unknown() throws H2Error;
}
