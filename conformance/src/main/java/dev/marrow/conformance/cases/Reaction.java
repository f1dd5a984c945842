package dev.marrow.conformance.cases;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.wire.ErrorCode;
import dev.marrow.conformance.wire.Frame;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.LinkClosed;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** How an HTTP/2 peer reacted to something wrong. */
sealed interface Reaction {
  /** RST_STREAM on the stream in question. */
  record StreamError(ErrorCode code) implements Reaction {}

  /** GOAWAY with an error. */
  record ConnectionError(ErrorCode code) implements Reaction {}

  /** An answer with a status. */
  record Status(int code) implements Reaction {}

  /** The connection ended without a GOAWAY. */
  record Closed(String how) implements Reaction {}

  /** Nothing of the kind in time. */
  record None() implements Reaction {}

  /** Waits for the reaction on {@code stream}; 0 looks at the connection only. */
  static Reaction await(H2Link h2, int stream, Duration patience) throws IOException {
    try {
      Optional<Frame> frame = h2.await(f -> decisive(f, stream), patience);
      return frame.isEmpty() ? new None() : read(h2, frame.get());
    } catch (LinkClosed e) {
      return goAway(h2)
          .<Reaction>map(ConnectionError::new)
          .orElse(new Closed(String.valueOf(e.getMessage())));
    }
  }

  private static boolean decisive(Frame frame, int stream) {
    boolean ours = stream != 0 && frame.stream() == stream;
    return ours && (frame.is(Frame.RST_STREAM) || frame.is(Frame.HEADERS))
        || frame.is(Frame.GOAWAY) && frame.error() != ErrorCode.NO_ERROR;
  }

  private static Reaction read(H2Link h2, Frame frame) throws IOException {
    if (frame.is(Frame.RST_STREAM)) {
      return new StreamError(frame.error());
    }
    if (frame.is(Frame.GOAWAY)) {
      return new ConnectionError(frame.error());
    }
    return h2.fields(frame).stream()
        .filter(f -> f.name().equals(":status"))
        .findFirst()
        .<Reaction>map(f -> new Status(Integer.parseInt(f.value())))
        .orElse(new None());
  }

  private static Optional<ErrorCode> goAway(H2Link h2) {
    return h2.seen().stream()
        .filter(f -> f.is(Frame.GOAWAY))
        .map(Frame::error)
        .filter(c -> c != ErrorCode.NO_ERROR)
        .findFirst();
  }

  /** An error of the connection is asked for; one of {@code codes} to the letter. */
  default Verdict asConnectionError(ErrorCode... codes) {
    return switch (this) {
      case ConnectionError c when List.of(codes).contains(c.code()) ->
          new Verdict.Pass("GOAWAY " + c.code());
      case ConnectionError c ->
          new Verdict.Conceptual(
              "GOAWAY %s (the text says %s)".formatted(c.code(), Arrays.toString(codes)));
      case Closed c -> new Verdict.Conceptual("closed without GOAWAY: " + c.how());
      case StreamError s ->
          new Verdict.Conceptual("RST_STREAM %s instead of a connection error".formatted(s.code()));
      case Status s -> new Verdict.Fail("answered with status " + s.code());
      case None n -> new Verdict.Fail("no reaction");
    };
  }

  /**
   * An error of the stream is asked for; an error of the connection is allowed too (RFC 9113
   * §5.4.2).
   */
  default Verdict asStreamError(ErrorCode... codes) {
    return switch (this) {
      case StreamError s when List.of(codes).contains(s.code()) ->
          new Verdict.Pass("RST_STREAM " + s.code());
      case ConnectionError c when List.of(codes).contains(c.code()) ->
          new Verdict.Pass("GOAWAY " + c.code());
      case StreamError s ->
          new Verdict.Conceptual(
              "RST_STREAM %s (the text says %s)".formatted(s.code(), Arrays.toString(codes)));
      case ConnectionError c ->
          new Verdict.Conceptual(
              "GOAWAY %s (the text says %s)".formatted(c.code(), Arrays.toString(codes)));
      case Closed c -> new Verdict.Conceptual("closed without GOAWAY: " + c.how());
      case Status s when s.code() / 100 == 4 ->
          new Verdict.Conceptual("answered with status " + s.code());
      case Status s -> new Verdict.Fail("answered with status " + s.code());
      case None n -> new Verdict.Fail("no reaction");
    };
  }

  /**
   * A malformed request: a 4xx answer, RST_STREAM or GOAWAY with PROTOCOL_ERROR (RFC 9113 §8.1.1).
   */
  default Verdict asMalformed() {
    return this instanceof Status s && s.code() / 100 == 4
        ? new Verdict.Pass("answered with status " + s.code())
        : asStreamError(ErrorCode.PROTOCOL_ERROR);
  }
}
