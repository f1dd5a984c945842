package dev.marrow.mesh.xds;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A delta-ADS client: one stream for several types of resources, for as long as it is not closed.
 * While the server is away its handlers keep what they have.
 *
 * <p>Thread-safe. Connecting, waiting and every call of a handler happen on one virtual thread of
 * its own.
 */
public final class AdsClient implements AutoCloseable {
  private final List<ResourceHandler> handlers;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();

  /**
   * A client that asks for everything of each type, in the order of {@code handlers}. Nothing
   * happens before {@link #start()}.
   */
  public AdsClient(AdsSettings settings, List<ResourceHandler> handlers, AdsMetrics metrics) {
    this.handlers = List.copyOf(handlers);
  }

  /** Connects, and stays connected. */
  public void start() {
    throw new UnsupportedOperationException();
  }

  /** Completes once each type had its first accepted response. */
  public CompletionStage<Void> ready() {
    return ready;
  }

  /** Whether a stream is open now. */
  public boolean connected() {
    throw new UnsupportedOperationException();
  }

  /** Asks for further names of a type that is fetched on demand. */
  public void subscribe(String typeUrl, Collection<String> names) {
    throw new UnsupportedOperationException();
  }

  /** No longer asks for these names. */
  public void unsubscribe(String typeUrl, Collection<String> names) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
