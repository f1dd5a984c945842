package dev.marrow.identity.issue;

import com.google.protobuf.ByteString;
import dev.marrow.identity.Pem;
import dev.marrow.identity.TestCa;
import dev.marrow.identity.WorkloadCertificate;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.spiffe.workloadapi.grpc.SpiffeWorkloadAPIGrpc;
import io.spiffe.workloadapi.grpc.Workload.X509SVID;
import io.spiffe.workloadapi.grpc.Workload.X509SVIDRequest;
import io.spiffe.workloadapi.grpc.Workload.X509SVIDResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** A SPIFFE Workload API on a Unix socket that says what a test tells it to. */
final class TestWorkloadApi implements AutoCloseable {
  private static final Metadata.Key<String> SECURITY =
      Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER);

  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final Queue<StreamObserver<X509SVIDResponse>> streams = new ConcurrentLinkedQueue<>();
  private final Server server;
  private volatile X509SVIDResponse latest = X509SVIDResponse.getDefaultInstance();

  TestWorkloadApi(Path socket) {
    try {
      server =
          NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
              .channelType(EpollServerDomainSocketChannel.class)
              .bossEventLoopGroup(loop)
              .workerEventLoopGroup(loop)
              .intercept(new HeaderRequired())
              .addService(new Service())
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Pushes to everybody who watches, now and later. */
  synchronized void push(X509SVIDResponse message) {
    latest = message;
    streams.forEach(stream -> stream.onNext(message));
  }

  /** Ends all streams with an error. */
  synchronized void hangUp() {
    for (var stream = streams.poll(); stream != null; stream = streams.poll()) {
      stream.onError(Status.UNAVAILABLE.asRuntimeException());
    }
  }

  static X509SVIDResponse message(TestCa ca, List<WorkloadCertificate> certificates) {
    X509SVIDResponse.Builder message = X509SVIDResponse.newBuilder();
    certificates.forEach(one -> message.addSvids(svid(one.id().toString(), one, ca)));
    return message.build();
  }

  static X509SVID svid(String id, WorkloadCertificate certificate, TestCa ca) {
    ByteString chain =
        certificate.chain().stream()
            .map(TestWorkloadApi::der)
            .reduce(ByteString.EMPTY, ByteString::concat);
    return X509SVID
        .newBuilder()
        .setSpiffeId(id)
        .setX509Svid(chain)
        .setX509SvidKey(ByteString.copyFrom(certificate.key().getEncoded()))
        .setBundle(der(ca.root()))
        .build();
  }

  static ByteString der(X509Certificate certificate) {
    try {
      return ByteString.copyFrom(certificate.getEncoded());
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new IllegalStateException(Pem.encode(certificate), e);
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private final class Service extends SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIImplBase {
    @Override
    public void fetchX509SVID(X509SVIDRequest request, StreamObserver<X509SVIDResponse> stream) {
      synchronized (TestWorkloadApi.this) {
        streams.add(stream);
        if (latest.getSvidsCount() > 0) {
          stream.onNext(latest);
        }
      }
    }
  }

  private static final class HeaderRequired implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      if (!"true".equals(headers.get(SECURITY))) {
        call.close(Status.INVALID_ARGUMENT, new Metadata());
        return new ServerCall.Listener<>() {};
      }
      return next.startCall(call, headers);
    }
  }
}
