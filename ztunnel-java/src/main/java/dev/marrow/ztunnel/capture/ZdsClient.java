package dev.marrow.ztunnel.capture;

import dev.marrow.linux.Packet;
import dev.marrow.linux.SeqPacketSocket;
import dev.marrow.linux.TruncatedPacketException;
import dev.marrow.proto.zds.Ack;
import dev.marrow.proto.zds.Version;
import dev.marrow.proto.zds.WorkloadResponse;
import dev.marrow.proto.zds.ZdsHello;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to the node agent: which pods are there, and their network namespaces. Connects again
 * when the connection ends; what is served meanwhile stays served.
 *
 * <p>Reads on one platform thread of its own, which also calls {@link PodProxies}. {@link #status}
 * and {@link #close} are thread-safe.
 */
public final class ZdsClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ZdsClient.class);
  private static final int PACKET_BYTES = 1024;
  private static final Duration REPLY = Duration.ofSeconds(5);
  private static final Duration RETRY_START = Duration.ofSeconds(5);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(10);
  // A local connect costs nothing, and until it works no new pod of this node can start.
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(1);

  private final Path path;
  private final ServedPods pods;
  private final Consumer<String> onViolation;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile ZdsStatus status = ZdsStatus.UNCONNECTED;
  private volatile Optional<SeqPacketSocket> connection = Optional.empty();
  private long nextRetry = System.nanoTime();

  /**
   * @param onViolation called at most once, as the last thing this client does, when the agent does
   *     not speak the protocol; the process should then end
   */
  public ZdsClient(Path path, PodProxies proxies, Consumer<String> onViolation) {
    this.path = path;
    this.pods = new ServedPods(proxies);
    this.onViolation = onViolation;
    this.thread = Thread.ofPlatform().name("zds").daemon(true).unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  public ZdsStatus status() {
    return status;
  }

  /** Ends the connection, so that the agent announces to our successor. Proxies go on. */
  @Override
  public void close() {
    closed.countDown();
    connection.ifPresent(SeqPacketSocket::close);
  }

  private void run() {
    Duration backoff = FIRST_BACKOFF;
    Optional<String> violation = Optional.empty();
    while (violation.isEmpty() && !isClosed()) {
      violation = session();
      if (pods.book().status(true).synced()) {
        backoff = FIRST_BACKOFF;
      }
      pods.book().disconnected();
      publish(false);
      backoff = violation.isEmpty() ? pause(backoff) : backoff;
    }
    pods.close();
    violation.ifPresent(onViolation);
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private Duration pause(Duration backoff) {
    retryIfDue();
    try {
      closed.await(backoff.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException stop) {
      closed.countDown();
    }
    Duration next = backoff.multipliedBy(2);
    return next.compareTo(LONGEST_BACKOFF) < 0 ? next : LONGEST_BACKOFF;
  }

  /** One connection, from hello to its end. The result is a violation of the protocol, if any. */
  private Optional<String> session() {
    try (SeqPacketSocket socket = SeqPacketSocket.connect(path)) {
      connection = Optional.of(socket);
      if (isClosed()) {
        return Optional.empty();
      }
      pods.book().connected();
      socket.send(ZdsHello.newBuilder().setVersion(Version.V1).build().toByteArray(), REPLY);
      publish(true);
      return follow(socket);
    } catch (TruncatedPacketException tooLong) {
      return Optional.of(String.valueOf(tooLong.getMessage()));
    } catch (IOException ended) {
      if (!isClosed()) {
        LOG.debug("announcements at {}: {}", path, ended.getMessage());
      }
      return Optional.empty();
    }
  }

  private Optional<String> follow(SeqPacketSocket socket) throws IOException {
    LOG.info("connected to the node agent at {}", path);
    while (true) {
      Optional<Packet> packet = receive(socket);
      if (packet.isEmpty()) {
        LOG.warn("the node agent ended the connection");
        return Optional.empty();
      }
      ServedPods.Answer answer;
      try (Packet request = packet.get()) {
        answer = pods.handle(request);
      }
      publish(true);
      switch (answer) {
        case ServedPods.Answer.Ack() -> reply(socket, "");
        case ServedPods.Answer.Nack(String reason) -> reply(socket, reason);
        case ServedPods.Answer.Fatal(String reason) -> {
          return Optional.of(reason);
        }
      }
    }
  }

  /** Waits as long as it takes, and starts pending pods meanwhile. */
  private Optional<Packet> receive(SeqPacketSocket socket) throws IOException {
    while (true) {
      try {
        return socket.receive(PACKET_BYTES, RETRY_START);
      } catch (SocketTimeoutException quiet) {
        retryIfDue();
        publish(true);
      }
    }
  }

  private void retryIfDue() {
    if (System.nanoTime() - nextRetry >= 0) {
      nextRetry = System.nanoTime() + RETRY_START.toNanos();
      pods.retry();
    }
  }

  private static void reply(SeqPacketSocket socket, String error) throws IOException {
    var ack = WorkloadResponse.newBuilder().setAck(Ack.newBuilder().setError(error));
    socket.send(ack.build().toByteArray(), REPLY);
  }

  private void publish(boolean connected) {
    status = pods.book().status(connected);
  }
}
