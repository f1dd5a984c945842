package dev.marrow.mesh.xds;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.proto.discovery.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import dev.marrow.proto.discovery.DeltaDiscoveryRequest;
import dev.marrow.proto.discovery.DeltaDiscoveryResponse;
import dev.marrow.proto.discovery.Resource;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A delta-ADS server on loopback that does what a test tells it: it hands over each stream, and the
 * test reads requests from it and writes responses to it. Thread-safe.
 */
public final class TestAdsServer implements AutoCloseable {
  private static final Context.Key<Metadata> HEADERS = Context.key("headers");
  private static final int PATIENCE_SECONDS = 10;

  private final BlockingQueue<Stream> streams = new LinkedBlockingQueue<>();
  private final Server server;

  private TestAdsServer(NettyServerBuilder builder) {
    try {
      server = builder.addService(new Streams()).intercept(new HeaderKeeper()).build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without TLS, on any free port. */
  public static TestAdsServer plaintext() {
    return new TestAdsServer(NettyServerBuilder.forAddress(loopback(0)));
  }

  /** Without TLS, on {@code port}, for a server that comes back. */
  public static TestAdsServer plaintext(int port) {
    return new TestAdsServer(NettyServerBuilder.forAddress(loopback(port)));
  }

  /** With TLS, on any free port. */
  public static TestAdsServer tls(SslContext context) {
    return new TestAdsServer(NettyServerBuilder.forAddress(loopback(0)).sslContext(context));
  }

  public int port() {
    return server.getPort();
  }

  /** The next stream that a client opens. */
  public Stream stream() throws InterruptedException {
    return expect(streams, "stream");
  }

  /** A resource as a server would name it. */
  public static Resource resource(Workload workload, String version) {
    return resource(workload.uid(), version, MeshMessages.message(workload));
  }

  public static Resource resource(dev.marrow.mesh.workload.Service service, String version) {
    return resource(service.key().toString(), version, MeshMessages.message(service));
  }

  public static Resource resource(Policy policy, String version) {
    return resource(policy.fullName(), version, MeshMessages.message(policy));
  }

  public static Resource resource(String name, String version, Message message) {
    return Resource.newBuilder()
        .setName(name)
        .setVersion(version)
        .setResource(Any.pack(message))
        .build();
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static <T> T expect(BlockingQueue<T> queue, String what) throws InterruptedException {
    T value = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (value == null) {
      throw new AssertionError("no %s within %d s".formatted(what, PATIENCE_SECONDS));
    }
    return value;
  }

  /** One stream, as the server sees it. */
  public static final class Stream implements StreamObserver<DeltaDiscoveryRequest> {
    private final Metadata headers;
    private final StreamObserver<DeltaDiscoveryResponse> responses;
    private final BlockingQueue<DeltaDiscoveryRequest> requests = new LinkedBlockingQueue<>();
    private final AtomicInteger nonces = new AtomicInteger();

    private Stream(Metadata headers, StreamObserver<DeltaDiscoveryResponse> responses) {
      this.headers = headers;
      this.responses = responses;
    }

    /** "" if the client did not send it. */
    public String header(String name) {
      String value = headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
      return value == null ? "" : value;
    }

    /** The next request. */
    public DeltaDiscoveryRequest request() throws InterruptedException {
      return expect(requests, "request");
    }

    /** Whether the client asks for nothing more within a moment. */
    public boolean quiet() throws InterruptedException {
      return requests.poll(100, TimeUnit.MILLISECONDS) == null;
    }

    /** Sends a response; returns its nonce. */
    public String send(String typeUrl, List<Resource> resources, String... removed) {
      String nonce = "n" + nonces.incrementAndGet();
      responses.onNext(
          DeltaDiscoveryResponse.newBuilder()
              .setTypeUrl(typeUrl)
              .setNonce(nonce)
              .addAllResources(resources)
              .addAllRemovedResources(List.of(removed))
              .build());
      return nonce;
    }

    /** Ends the stream in order. */
    public void complete() {
      responses.onCompleted();
    }

    /** Ends the stream with an error. */
    public void fail(Status status) {
      responses.onError(status.asRuntimeException());
    }

    @Override
    public void onNext(DeltaDiscoveryRequest request) {
      requests.add(request);
    }

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {
      responses.onCompleted();
    }
  }

  private final class Streams extends AggregatedDiscoveryServiceImplBase {
    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
        StreamObserver<DeltaDiscoveryResponse> responses) {
      Stream stream = new Stream(HEADERS.get(), responses);
      streams.add(stream);
      return stream;
    }
  }

  private static final class HeaderKeeper implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      Context context = Context.current().withValue(HEADERS, headers);
      return Contexts.interceptCall(context, call, headers, next);
    }
  }
}
