package dev.marrow.identity.issue;

import dev.marrow.identity.CertificateSource;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.issue.Issue.NotIssued;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.spiffe.workloadapi.grpc.SpiffeWorkloadAPIGrpc;
import io.spiffe.workloadapi.grpc.Workload.X509SVIDRequest;
import io.spiffe.workloadapi.grpc.Workload.X509SVIDResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates pushed by a SPIFFE Workload API (Workload API §5) over a Unix socket, for example of
 * a SPIRE agent. Each message replaces all that came before. When the stream ends it is opened
 * again with backoff, and what is there serves on as long as it is valid. Thread-safe.
 */
public final class WorkloadApiCertificates implements CertificateSource {
  private static final Logger LOG = LoggerFactory.getLogger(WorkloadApiCertificates.class);
  private static final Metadata.Key<String> SECURITY_HEADER =
      Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER);

  private final Path socket;
  private final Timer timer;
  private final Backoff backoff;
  private final RandomGenerator random = RandomGenerator.getDefault();
  private final Shelf shelf;
  private final WorkloadApiAnswer answers;
  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(
          1,
          Thread.ofPlatform().daemon().name("workload-api").factory(),
          EpollIoHandler.newFactory());
  private final ManagedChannel channel;
  private final AtomicInteger failures = new AtomicInteger();
  private volatile boolean closed;

  private WorkloadApiCertificates(Path socket, Clock clock, Timer timer, Backoff backoff) {
    this.socket = socket;
    this.timer = timer;
    this.backoff = backoff;
    this.shelf = new Shelf(clock, true, new NotIssued(Issue.Reason.UNREACHABLE, "no answer yet"));
    this.answers = new WorkloadApiAnswer(clock);
    this.channel =
        NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
            .eventLoopGroup(loop)
            .channelType(EpollDomainSocketChannel.class)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .usePlaintext()
            .build();
  }

  /**
   * @param address {@code unix:///path}, {@code unix:/path} or a path, as in {@code
   *     SPIFFE_ENDPOINT_SOCKET}
   */
  public static WorkloadApiCertificates connect(String address, Backoff backoff) {
    return connect(address, Clock.systemUTC(), Timer.system(), backoff);
  }

  static WorkloadApiCertificates connect(
      String address, Clock clock, Timer timer, Backoff backoff) {
    WorkloadApiCertificates source =
        new WorkloadApiCertificates(socket(address), clock, timer, backoff);
    source.watch();
    return source;
  }

  @Override
  public CompletionStage<WorkloadCertificate> certificate(SpiffeId id) {
    return shelf.certificate(id);
  }

  @Override
  public Optional<WorkloadCertificate> current(SpiffeId id) {
    return shelf.current(id);
  }

  /** Does nothing: the other side decides which identities we have. */
  @Override
  public void forget(SpiffeId id) {}

  @Override
  public void onRenewed(Consumer<WorkloadCertificate> listener) {
    shelf.onRenewed(listener);
  }

  @Override
  public void close() {
    closed = true;
    channel.shutdownNow();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private static Path socket(String address) {
    String path = address.startsWith("unix:") ? address.substring("unix:".length()) : address;
    return Path.of(path.startsWith("//") ? path.substring(2) : path);
  }

  private void watch() {
    Metadata headers = new Metadata();
    headers.put(SECURITY_HEADER, "true");
    SpiffeWorkloadAPIGrpc.newStub(channel)
        .withWaitForReady()
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .fetchX509SVID(X509SVIDRequest.getDefaultInstance(), new Updates());
  }

  /** One stream's messages, on gRPC's threads, one at a time. */
  private final class Updates implements StreamObserver<X509SVIDResponse> {
    @Override
    public void onNext(X509SVIDResponse message) {
      switch (answers.check(message)) {
        case WorkloadApiAnswer.Checked.Good(List<WorkloadCertificate> all) -> {
          failures.set(0);
          LOG.info("{}: {} certificates", socket, all.size());
          shelf.put(all);
        }
        case WorkloadApiAnswer.Checked.Bad(NotIssued why) -> {
          LOG.warn("{}: message not used: {}", socket, why.detail());
          shelf.fail(why);
        }
      }
    }

    @Override
    public void onError(Throwable cause) {
      Status status = Status.fromThrowable(cause);
      Issue.Reason reason =
          status.getCode() == Status.Code.PERMISSION_DENIED
              ? Issue.Reason.DENIED
              : Issue.Reason.UNREACHABLE;
      ended(
          new NotIssued(reason, socket + ": " + status.getCode() + " " + status.getDescription()));
    }

    @Override
    public void onCompleted() {
      ended(new NotIssued(Issue.Reason.UNREACHABLE, socket + ": stream ended"));
    }
  }

  private void ended(NotIssued why) {
    shelf.fail(why);
    if (!closed) {
      Duration delay = backoff.delay(failures.incrementAndGet(), random);
      LOG.warn("{}: {}, again in {}", why.reason(), why.detail(), delay);
      timer.after(delay, this::watch);
    }
  }
}
