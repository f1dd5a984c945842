package dev.marrow.http.h2;

import java.util.function.LongSupplier;

/** The limits on how often a peer may do what costs us more than it costs the peer. */
final class Guard {
  private static final int MOST_CREDIT = 10_000;

  private final LongSupplier nanos;
  private final RateLimit peerResets;
  private final RateLimit ourResets;
  private final RateLimit settings;
  private final RateLimit pings;
  private final RateLimit control;
  private final int maxEmptyData;
  private int emptyData;
  private int controlCredit;

  Guard(Limits limits, LongSupplier nanos) {
    this.nanos = nanos;
    long now = nanos.getAsLong();
    peerResets = new RateLimit(limits.peerResetsPerSecond(), now);
    ourResets = new RateLimit(limits.ourResetsPerSecond(), now);
    settings = new RateLimit(limits.settingsPerSecond(), now);
    pings = new RateLimit(limits.pingsPerSecond(), now);
    control = new RateLimit(limits.controlPerSecond(), now);
    maxEmptyData = limits.maxEmptyData();
  }

  /** RST_STREAM from the peer (CVE-2023-44487). */
  void peerReset() throws H2Error {
    take(peerResets, Limit.PEER_RESETS);
  }

  /** A stream error the peer provoked (CVE-2025-8671). */
  void ourReset() throws H2Error {
    take(ourResets, Limit.OUR_RESETS);
  }

  void settings() throws H2Error {
    take(settings, Limit.SETTINGS_RATE);
  }

  void ping() throws H2Error {
    take(pings, Limit.PING_RATE);
  }

  /** WINDOW_UPDATE, PRIORITY and the like: free as far as our own DATA gave reason for them. */
  void control() throws H2Error {
    if (controlCredit > 0) {
      controlCredit--;
    } else {
      take(control, Limit.CONTROL_RATE);
    }
  }

  /** We sent a DATA frame, or the peer sent one with content. */
  void progress() {
    controlCredit = Math.min(controlCredit + 4, MOST_CREDIT);
  }

  /** A DATA frame arrived; empty ones without END_STREAM are counted in a row (CVE-2019-9518). */
  void data(int payloadBytes, boolean endStream) throws H2Error {
    if (payloadBytes > 0 || endStream) {
      emptyData = 0;
    } else if (++emptyData > maxEmptyData) {
      throw H2Error.flood(Limit.EMPTY_DATA);
    }
  }

  private void take(RateLimit rate, Limit limit) throws H2Error {
    if (!rate.take(nanos.getAsLong())) {
      throw H2Error.flood(limit);
    }
  }
}
