package dev.marrow.nodeagent.zds;

import dev.marrow.linux.SeqPacketServer;
import dev.marrow.linux.SeqPacketSocket;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts node proxies and hears their greeting; what they are told is {@link NodeProxies}'s.
 *
 * <p>Thread-safe. One platform thread accepts, and one per connection waits for the greeting, since
 * a connection that says nothing must not keep out another.
 */
public final class ZdsServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ZdsServer.class);
  private static final Duration ACCEPT = Duration.ofMinutes(1);
  private static final Duration BETWEEN_CONNECTIONS = Duration.ofMillis(200);
  private static final int GREETINGS = 8;

  private final SeqPacketServer server;
  private final Consumer<NodeProxy> onProxy;
  private final Duration deadline;
  private final Semaphore greetings = new Semaphore(GREETINGS);
  private volatile boolean closed;

  private ZdsServer(SeqPacketServer server, Consumer<NodeProxy> onProxy, Duration deadline) {
    this.server = server;
    this.onProxy = onProxy;
    this.deadline = deadline;
  }

  /**
   * Listens; makes the socket's directory if it is not there.
   *
   * @param onProxy is given each proxy that has greeted, and owns it; called on various threads
   * @param deadline for a greeting, and for each request and its answer
   */
  public static ZdsServer listen(Path path, Consumer<NodeProxy> onProxy, Duration deadline)
      throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    if (directory != null) {
      Files.createDirectories(directory);
    }
    var zds = new ZdsServer(SeqPacketServer.bind(path), onProxy, deadline);
    Thread.ofPlatform().name("zds-accept").daemon(true).start(zds::accept);
    return zds;
  }

  private void accept() {
    while (!closed) {
      try {
        greet(server.accept(ACCEPT));
      } catch (SocketTimeoutException nobody) {
        continue;
      } catch (ClosedChannelException end) {
        return;
      } catch (IOException failure) {
        LOG.warn("accepting a node proxy: {}", failure.getMessage());
      }
      // A proxy that fails in a loop, or descriptors that have run out, must not take all our time.
      LockSupport.parkNanos(BETWEEN_CONNECTIONS.toNanos());
    }
  }

  private void greet(SeqPacketSocket socket) {
    if (!greetings.tryAcquire()) {
      LOG.warn("more than {} connections that do not greet; refusing one", GREETINGS);
      socket.close();
      return;
    }
    Thread.ofPlatform()
        .name("zds-greeting")
        .daemon(true)
        .start(() -> {
          try {
            onProxy.accept(NodeProxy.greeted(socket, deadline));
          } catch (IOException | RuntimeException failure) {
            LOG.warn("a connection did not greet: {}", failure.getMessage());
          } finally {
            greetings.release();
          }
        });
  }

  @Override
  public void close() throws IOException {
    closed = true;
    server.close();
  }
}
