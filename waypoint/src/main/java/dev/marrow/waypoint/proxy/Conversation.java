package dev.marrow.waypoint.proxy;

import dev.marrow.http.ByteStream;
import dev.marrow.http.Headers;
import dev.marrow.http.MessageStream;
import dev.marrow.http.h1.HeadFault;
import dev.marrow.http.h1.RequestHandler;
import dev.marrow.http.h1.ServerConnection;
import dev.marrow.http.h2.ConnectionListener;
import dev.marrow.http.h2.H2Connection;
import dev.marrow.http.h2.H2Stream;
import dev.marrow.http.h2.Limit;
import dev.marrow.http.h2.StreamListener;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client connection that carries HTTP: each request on it becomes an {@link Exchange}. Confined
 * to its event loop.
 */
final class Conversation implements RequestHandler, ConnectionListener {
  private static final Duration GRACE = Duration.ofMinutes(5);

  /** For a request that was sent before its client could know that we end. */
  private static final Duration CROSSING = Duration.ofSeconds(2);

  /**
   * What is usually added to a request: its id, its trace, its scheme, a header or two of the rule.
   */
  private static final int ADDED_FIELDS = 6;

  private static final int ADDED_BYTES = 320;

  private final Worker worker;
  private final Lookup lookup;
  private final boolean http2;
  private @Nullable ServerConnection h1;
  private @Nullable H2Connection h2;

  private Conversation(Worker worker, Client client, boolean http2) {
    this.worker = worker;
    this.lookup = new Lookup(worker.sites(), client);
    this.http2 = http2;
  }

  static void http1(Worker worker, Client client, ByteStream stream) {
    Conversation conversation = new Conversation(worker, client, false);
    worker.opened(conversation);
    Options options = worker.options();
    conversation.h1 =
        ServerConnection.serve(stream, options.http1(), options.http1Timeouts(), conversation);
    conversation.drainIfLate();
  }

  static void http2(Worker worker, Client client, ByteStream stream) {
    Conversation conversation = new Conversation(worker, client, true);
    worker.opened(conversation);
    Options options = worker.options();
    conversation.h2 =
        H2Connection.server(stream, options.http2(), options.http2Limits(), conversation)
            .chargeTo(worker.budget());
    conversation.drainIfLate();
  }

  private void drainIfLate() {
    if (worker.draining()) {
      drain();
    }
  }

  void drain() {
    if (h1 != null) {
      h1.drain();
      worker.loop().schedule(h1::closeIfIdle, CROSSING.toMillis(), TimeUnit.MILLISECONDS);
    }
    if (h2 != null) {
      h2.drain(GRACE);
    }
  }

  @Override
  public StreamListener onRequest(MessageStream stream, Headers headers, boolean endStream) {
    Headers request = headers.copy(ADDED_FIELDS, ADDED_BYTES);
    Exchange exchange = new Exchange(worker, lookup, stream, request, http2);
    exchange.begin(endStream);
    return exchange;
  }

  @Override
  public StreamListener onStream(H2Stream stream, Headers headers, boolean endStream) {
    return onRequest(stream, headers, endStream);
  }

  @Override
  public void onFault(HeadFault fault) {
    worker.reports().onMalformed("http1_" + fault);
  }

  @Override
  public void onLimit(Limit limit) {
    worker.reports().onMalformed("http2_" + limit);
  }

  @Override
  public void onClosed() {
    worker.closed(this);
  }

  @Override
  public void onClosed(Closed why) {
    Objects.requireNonNull(why);
    worker.closed(this);
  }
}
