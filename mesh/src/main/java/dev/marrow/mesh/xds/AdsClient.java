package dev.marrow.mesh.xds;

import dev.marrow.mesh.xds.AdsMetrics.Termination;
import dev.marrow.proto.core.Node;
import dev.marrow.proto.discovery.DeltaDiscoveryRequest;
import dev.marrow.proto.discovery.DeltaDiscoveryResponse;
import io.grpc.Status;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A delta-ADS client: one stream for several types of resources, for as long as it is not closed.
 * While the server is away its handlers keep what they have.
 *
 * <p>Thread-safe. Connecting, waiting and every call of a handler happen on one virtual thread of
 * its own.
 */
public final class AdsClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdsClient.class);
  private static final double JITTER = 0.2;

  private final AdsSettings settings;
  private final AdsMetrics metrics;
  private final Node node;
  private final Map<String, AdsType> types = new LinkedHashMap<>();
  private final AdsBackoff backoff;
  // Bounded in practice: one response per stream at a time, and what subscribe() was called with.
  private final BlockingQueue<AdsEvent> events = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean connected;

  /**
   * A client for the types of {@code handlers}, subscribed in that order. Nothing happens before
   * {@link #start()}.
   */
  public AdsClient(AdsSettings settings, List<ResourceHandler> handlers, AdsMetrics metrics) {
    this.settings = settings;
    this.metrics = metrics;
    this.node = AdsNodeMessage.of(settings.node());
    this.backoff = new AdsBackoff(settings.backoff());
    handlers.forEach(handler -> types.put(handler.typeUrl(), new AdsType(handler)));
  }

  /** Connects, and stays connected. */
  public void start() {
    if (started.compareAndSet(false, true)) {
      Thread.ofVirtual().name("ads-" + settings.server().host()).start(this::run);
    }
  }

  /** Completes once each type had its first accepted response. */
  public CompletionStage<Void> ready() {
    return ready.minimalCompletionStage();
  }

  /** Whether a stream is open and the server has answered on it. */
  public boolean connected() {
    return connected;
  }

  /** Asks for further names of a type that is fetched on demand. */
  public void subscribe(String typeUrl, Collection<String> names) {
    events.add(new AdsEvent.Names(typeUrl, Set.copyOf(names), Set.of(), Set.of()));
  }

  /** No longer asks for these names. */
  public void unsubscribe(String typeUrl, Collection<String> names) {
    drop(typeUrl, names, Set.of());
  }

  /**
   * No longer asks for {@code names}, and no longer holds {@code resources}: should they be asked
   * for again, the server must not take them for unchanged.
   */
  void drop(String typeUrl, Collection<String> names, Collection<String> resources) {
    events.add(new AdsEvent.Names(typeUrl, Set.of(), Set.copyOf(names), Set.copyOf(resources)));
  }

  /** Ends the stream; handlers are not called again once the current call, if any, is over. */
  @Override
  public void close() {
    closed.set(true);
    events.add(new AdsEvent.Close());
  }

  private void run() {
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("ads", true), NioIoHandler.newFactory());
    AdsConnector connector = new AdsConnector(settings, loops);
    try {
      while (!closed.get()) {
        Duration wait = connectOnce(connector);
        pause(wait);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  /** One stream from beginning to end. Returns how long to wait before the next. */
  private Duration connectOnce(AdsConnector connector) throws InterruptedException {
    AdsStream stream;
    try {
      stream = connector.open(events::add);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      LOG.warn("xDS: no connection to {}: {}", settings.server().host(), e.toString());
      metrics.onTermination(Termination.CONNECTION_ERROR);
      return backoff.after(Termination.CONNECTION_ERROR, false);
    }
    try {
      types.values().forEach(type -> stream.send(type.first(node)));
      Status end = converse(stream);
      boolean answered = connected;
      Termination termination = AdsBackoff.termination(end, answered);
      if (!closed.get()) {
        metrics.onTermination(termination);
        LOG.info("xDS: stream of {} ended: {} ({})", settings.server().host(), end, termination);
      }
      return backoff.after(termination, answered);
    } catch (RuntimeException e) {
      LOG.error("xDS: stream of {} failed", settings.server().host(), e);
      metrics.onTermination(Termination.ERROR);
      return backoff.after(Termination.ERROR, false);
    } finally {
      connected = false;
      stream.close();
    }
  }

  private Status converse(AdsStream stream) throws InterruptedException {
    while (true) {
      switch (events.take()) {
        case AdsEvent.Received received when received.stream() == stream -> {
          connected = true;
          answer(stream, received.response());
        }
        case AdsEvent.Ended ended when ended.stream() == stream -> {
          return ended.status();
        }
        case AdsEvent.Names names -> change(stream, names);
        case AdsEvent.Close _ -> {
          return Status.CANCELLED;
        }
        // Of a stream that is over.
        case AdsEvent.Received _, AdsEvent.Ended _ -> {}
      }
    }
  }

  private void answer(AdsStream stream, DeltaDiscoveryResponse response) {
    metrics.onMessage(response.getTypeUrl(), response.getSerializedSize());
    AdsType type = types.get(response.getTypeUrl());
    if (type == null) {
      LOG.warn("xDS: a response of type {}, which nobody asked for", response.getTypeUrl());
    } else {
      stream.send(type.answer(response));
      if (types.values().stream().allMatch(AdsType::ready)) {
        ready.complete(null);
      }
    }
    stream.next();
  }

  private void change(@Nullable AdsStream stream, AdsEvent.Names names) {
    AdsType type = types.get(names.typeUrl());
    if (type == null) {
      return;
    }
    type.forget(names.dropped());
    DeltaDiscoveryRequest request = type.change(names.more(), names.fewer());
    boolean nothing =
        request.getResourceNamesSubscribeCount() == 0
            && request.getResourceNamesUnsubscribeCount() == 0;
    if (stream != null && !nothing) {
      stream.send(request);
    }
  }

  /** Waits, with a little jitter so that a thousand nodes do not come back at once. */
  private void pause(Duration wait) throws InterruptedException {
    double factor = 1 - JITTER * ThreadLocalRandom.current().nextDouble();
    long deadline = System.nanoTime() + (long) (wait.toNanos() * factor);
    while (!closed.get()) {
      AdsEvent event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (event == null) {
        return;
      }
      if (event instanceof AdsEvent.Names names) {
        change(null, names);
      }
    }
  }
}
