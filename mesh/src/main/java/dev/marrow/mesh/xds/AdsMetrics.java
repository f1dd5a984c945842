package dev.marrow.mesh.xds;

/** What a client counts. Called on its own thread. */
public interface AdsMetrics {
  /** Counts nothing. */
  AdsMetrics NONE = new AdsMetrics() {};

  /** {@code istio_xds_connection_terminations_total}. */
  default void onTermination(Termination reason) {}

  /** {@code istio_xds_message_total} and {@code istio_xds_message_bytes_total}. */
  default void onMessage(String typeUrl, int bytes) {}

  /** Why a stream ended; {@link #label()} is the metric's label. */
  enum Termination {
    CONNECTION_ERROR("ConnectionError"),
    ERROR("Error"),
    RECONNECT("Reconnect"),
    COMPLETE("Complete");

    private final String label;

    Termination(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }
}
