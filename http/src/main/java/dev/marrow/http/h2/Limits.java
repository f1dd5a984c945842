package dev.marrow.http.h2;

import java.time.Duration;

/**
 * How much of each costly thing a peer may do to one connection. Reaching a limit closes the
 * connection with ENHANCE_YOUR_CALM, except where a stream error is enough (streams, header list).
 *
 * @param maxHeaderFields fields per header list, cookies counted before joining
 * @param maxContinuationFrames CONTINUATION frames per header block, empty ones too
 * @param maxHeaderBlockBytes compressed bytes per header block
 * @param peerResetsPerSecond RST_STREAM from the peer (rapid reset), average over ten seconds
 * @param ourResetsPerSecond RST_STREAM that the peer provoked us to send, likewise
 * @param settingsPerSecond SETTINGS frames, likewise
 * @param pingsPerSecond PING frames that want an answer, likewise
 * @param controlPerSecond PRIORITY, WINDOW_UPDATE and unknown frames without any DATA or HEADERS
 *     between them, likewise
 * @param maxEmptyData DATA frames without payload and END_STREAM in a row
 * @param maxQueuedOutboundBytes what we owe a peer that does not read, DATA left out (that stops at
 *     the watermark)
 * @param maxQueuedInboundBytes DATA delivered and not yet consumed, over all streams
 * @param windowStall how long a stream with queued bytes may wait for the peer's window; zero: for
 *     ever
 */
public record Limits(
    int maxHeaderFields,
    int maxContinuationFrames,
    int maxHeaderBlockBytes,
    int peerResetsPerSecond,
    int ourResetsPerSecond,
    int settingsPerSecond,
    int pingsPerSecond,
    int controlPerSecond,
    int maxEmptyData,
    int maxQueuedOutboundBytes,
    long maxQueuedInboundBytes,
    Duration windowStall) {
  public Limits {
    check("maxHeaderFields", maxHeaderFields);
    check("maxContinuationFrames", maxContinuationFrames);
    check("maxHeaderBlockBytes", maxHeaderBlockBytes);
    check("peerResetsPerSecond", peerResetsPerSecond);
    check("ourResetsPerSecond", ourResetsPerSecond);
    check("settingsPerSecond", settingsPerSecond);
    check("pingsPerSecond", pingsPerSecond);
    check("controlPerSecond", controlPerSecond);
    check("maxEmptyData", maxEmptyData);
    check("maxQueuedOutboundBytes", maxQueuedOutboundBytes);
    check("maxQueuedInboundBytes", maxQueuedInboundBytes);
  }

  /** Values for a data plane: far above honest traffic, far below harm. */
  public static Limits standard() {
    return new Limits(
        256, 32, 128 << 10, 500, 100, 20, 20, 20_000, 100, 1 << 20, 64L << 20, Duration.ZERO);
  }

  /** The same with another bound on DATA delivered and not yet consumed. */
  public Limits withQueuedInboundBytes(long bytes) {
    return new Limits(
        maxHeaderFields,
        maxContinuationFrames,
        maxHeaderBlockBytes,
        peerResetsPerSecond,
        ourResetsPerSecond,
        settingsPerSecond,
        pingsPerSecond,
        controlPerSecond,
        maxEmptyData,
        maxQueuedOutboundBytes,
        bytes,
        windowStall);
  }

  /** The same with other rates of frames that cost us work and the peer next to nothing. */
  public Limits withRates(int peerResets, int settings, int pings) {
    return new Limits(
        maxHeaderFields,
        maxContinuationFrames,
        maxHeaderBlockBytes,
        peerResets,
        ourResetsPerSecond,
        settings,
        pings,
        controlPerSecond,
        maxEmptyData,
        maxQueuedOutboundBytes,
        maxQueuedInboundBytes,
        windowStall);
  }

  private static void check(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException("%s: %d (expected: >= 1)".formatted(name, value));
    }
  }
}
