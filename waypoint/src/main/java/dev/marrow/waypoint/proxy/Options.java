package dev.marrow.waypoint.proxy;

import dev.marrow.http.h1.Limits;
import dev.marrow.http.h1.Timeouts;
import dev.marrow.http.h2.Settings;
import java.time.Duration;

/**
 * How clients are served.
 *
 * @param identity our own SPIFFE id, for {@code x-forwarded-client-cert}; "" without one
 * @param samplingPercent of traces that begin here, where no rule says otherwise
 * @param streamIdle how long half a request may rest before it gets 408; zero: for ever
 * @param detect how long a client may take to say what it speaks, where nobody declared it
 */
public record Options(
    String identity,
    double samplingPercent,
    Limits http1,
    Timeouts http1Timeouts,
    Settings http2,
    dev.marrow.http.h2.Limits http2Limits,
    Duration streamIdle,
    Duration detect) {
  public static final Options STANDARD =
      new Options(
          "",
          1,
          Limits.DEFAULT,
          Timeouts.DEFAULT,
          Settings.http().withExtendedConnect(true),
          dev.marrow.http.h2.Limits.standard(),
          Duration.ofMinutes(5),
          Duration.ofSeconds(1));
}
