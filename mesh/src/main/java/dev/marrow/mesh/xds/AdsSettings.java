package dev.marrow.mesh.xds;

import java.time.Duration;
import java.util.Map;

/**
 * How the control plane is reached.
 *
 * @param headers extra gRPC headers, {@code clusterid} among them
 */
public record AdsSettings(
    AdsServer server,
    AdsNode node,
    BearerToken token,
    Map<String, String> headers,
    Backoff backoff,
    KeepAlive keepAlive,
    int maxMessageBytes) {
  /** What the largest meshes send at once. */
  public static final int DEFAULT_MAX_MESSAGE_BYTES = 200 << 20;

  public AdsSettings {
    headers = Map.copyOf(headers);
  }

  /** The usual settings for {@code server}. */
  public static AdsSettings of(
      AdsServer server, AdsNode node, BearerToken token, Map<String, String> headers) {
    return new AdsSettings(
        server, node, token, headers, Backoff.USUAL, KeepAlive.USUAL, DEFAULT_MAX_MESSAGE_BYTES);
  }

  /** The wait before connecting again: {@code first}, doubled each time, up to {@code most}. */
  public record Backoff(Duration first, Duration most) {
    public static final Backoff USUAL = new Backoff(Duration.ofMillis(10), Duration.ofMillis(1000));
  }

  /** HTTP/2 PINGs, and the limit for a TCP connect. */
  public record KeepAlive(Duration interval, Duration timeout, Duration connectTimeout) {
    public static final KeepAlive USUAL =
        new KeepAlive(Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(5));
  }
}
