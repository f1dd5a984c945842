package dev.marrow.hbone;

import dev.marrow.http.ByteStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A pool on a test loop, driven from the test's thread. */
public final class TestTunnelClient implements AutoCloseable {
  private final Loops loops;
  private final TunnelPool pool;

  public TestTunnelClient(Loops loops, TestTls tls) {
    this(loops, tls, PoolSettings.standard(), TunnelSockets.direct(Loops::socket));
  }

  public TestTunnelClient(Loops loops, TestTls tls, PoolSettings settings, Dialer dialer) {
    this.loops = loops;
    this.pool = new TunnelPool(loops.loop(), tls, tls.client(), dialer, settings);
  }

  public TunnelPool pool() {
    return pool;
  }

  /** The target at {@code address}, from {@link TestTls#CLIENT} to {@link TestTls#SERVER}. */
  public static TunnelTarget target(InetSocketAddress address) {
    return new TunnelTarget(
        TestTls.CLIENT, address, Set.of(TestTls.SERVER), InetAddress.getLoopbackAddress());
  }

  /** Asks for a tunnel; the result comes on the loop. */
  public CompletableFuture<TunnelResult> ask(InetSocketAddress address, String authority) {
    var result = new CompletableFuture<TunnelResult>();
    var request = ConnectRequest.to(Authority.parse(authority).orElseThrow());
    loops.run(() -> pool.connect(target(address), request, result::complete));
    return result;
  }

  /** A tunnel, or an assertion that there is one. */
  public ByteStream open(InetSocketAddress address, String authority) {
    TunnelResult result = ask(address, authority).orTimeout(10, TimeUnit.SECONDS).join();
    if (result instanceof TunnelResult.Opened opened) {
      return opened.stream();
    }
    throw new AssertionError("tunnel: " + result + " (expected: opened)");
  }

  @Override
  public void close() {
    loops.run(pool::close);
  }
}
