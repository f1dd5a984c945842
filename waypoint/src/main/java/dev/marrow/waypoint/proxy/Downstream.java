package dev.marrow.waypoint.proxy;

import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.waypoint.destination.PortRules;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client connection: finds out what is spoken on it, by what the port declares and by the first
 * bytes, and hands it to {@link Conversation} (HTTP) or {@link StreamProxy} (anything else).
 * Confined to the stream's event loop.
 */
public final class Downstream implements PeekedStream.Peek {
  /** A ClientHello with many extensions fits; nothing else needs so much. */
  private static final int PEEK_BYTES = 16 * 1024;

  private final Worker worker;
  private final Client client;
  private final PortRules.Protocol declared;
  private final PeekedStream stream;
  private @Nullable ScheduledFuture<?> timer;
  private boolean decided;

  private Downstream(Worker worker, Client client, Site.Bound site, ByteStream stream) {
    this.worker = worker;
    this.client = client;
    this.declared = site.rules().protocol();
    this.stream = PeekedStream.on(stream, PEEK_BYTES, this);
  }

  /**
   * What a client addresses is looked up before it is let in.
   *
   * @return 200, or the status that refuses it
   */
  public static int admit(Worker worker, Client client) {
    return switch (worker.sites().find(client)) {
      case Site.Bound bound -> 200;
      case Site.Unknown unknown -> unknown.status();
    };
  }

  /** Serves {@code stream}, which it owns from now on. */
  public static void serve(Worker worker, Client client, ByteStream stream) {
    switch (worker.sites().find(client)) {
      case Site.Bound bound -> new Downstream(worker, client, bound, stream).start(bound);
      case Site.Unknown unknown -> stream.reset(new Abort(Abort.Reason.POLICY, unknown.reason()));
    }
  }

  private void start(Site.Bound site) {
    if (declared == PortRules.Protocol.TCP && site.rules().tls().isEmpty()) {
      decided = true;
      new StreamProxy(worker, client, "").start(stream);
      stream.start();
      return;
    }
    // A client of HTTP that says nothing gets HTTP/1's time between requests from then on.
    Duration wait =
        http(declared) ? worker.options().http1Timeouts().head() : worker.options().detect();
    timer = worker.loop().schedule(this::waited, wait.toNanos(), TimeUnit.NANOSECONDS);
    stream.start();
  }

  private static boolean http(PortRules.Protocol protocol) {
    return switch (protocol) {
      case HTTP1, HTTP2, GRPC -> true;
      case UNDECLARED, TCP, TLS -> false;
    };
  }

  @Override
  public void onPeek(byte[] bytes, int length, boolean ended) {
    if (decided) {
      return;
    }
    Protocols.Spoken spoken = Protocols.of(bytes, length);
    boolean more = !ended && length < PEEK_BYTES;
    switch (spoken) {
      case UNDECIDED -> {
        if (!more) {
          other("");
        }
      }
      case HTTP1 -> http(false);
      case HTTP2 -> http(true);
      case TLS -> {
        if (!more || ClientHello.complete(bytes, length)) {
          other(ClientHello.serverName(bytes, length).orElse(""));
        }
      }
      case OTHER -> {
        if (http(declared)) {
          http(false);
        } else {
          other("");
        }
      }
    }
  }

  /** HTTP where TCP is declared stays TCP. */
  private void http(boolean http2) {
    boolean opaque = declared == PortRules.Protocol.TCP || declared == PortRules.Protocol.TLS;
    if (opaque) {
      other("");
      return;
    }
    decide();
    if (http2) {
      Conversation.http2(worker, client, stream);
    } else {
      Conversation.http1(worker, client, stream);
    }
  }

  private void other(String serverName) {
    decide();
    if (http(declared) && serverName.isEmpty()) {
      // What is not HTTP where HTTP is declared gets HTTP's own answer to that: 400.
      Conversation.http1(worker, client, stream);
      return;
    }
    new StreamProxy(worker, client, serverName).start(stream);
  }

  private void decide() {
    decided = true;
    ScheduledFuture<?> waiting = timer;
    if (waiting != null) {
      waiting.cancel(false);
    }
  }

  /** Some protocols let the server speak first. */
  private void waited() {
    if (!decided) {
      other("");
    }
  }

  @Override
  public void onReset(Abort why) {
    decide();
  }
}
