package dev.marrow.identity.issue;

import dev.marrow.identity.Pem;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.TrustDomain;
import dev.marrow.identity.authority.Authority;
import dev.marrow.identity.authority.CertificateRequest;
import dev.marrow.identity.authority.ServerCertificate;
import dev.marrow.proto.ca.IstioCertificateRequest;
import dev.marrow.proto.ca.IstioCertificateResponse;
import dev.marrow.proto.ca.IstioCertificateServiceGrpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/** A CSR service on loopback that signs for whoever asks, and remembers what it was sent. */
public final class TestCsrService implements AutoCloseable {
  private final Authority authority;
  private final Queue<IstioCertificateRequest> requests = new ConcurrentLinkedQueue<>();
  private final Queue<Metadata> headers = new ConcurrentLinkedQueue<>();
  private final Server server;
  private volatile Function<List<String>, List<String>> spoil = chain -> chain;
  private volatile Optional<Status> refusal = Optional.empty();

  /** With its authority in {@code directory}, serving for {@code hosts} and 127.0.0.1. */
  public TestCsrService(Path directory, TrustDomain trustDomain, Set<String> hosts) {
    authority = Authority.open(directory, trustDomain, Clock.systemUTC());
    InetAddress loopback = InetAddress.getLoopbackAddress();
    ServerCertificate own =
        authority.serverCertificate(hosts, Set.of(loopback), Duration.ofHours(1));
    try {
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress(loopback, 0))
              .sslContext(
                  GrpcSslContexts.configure(
                          SslContextBuilder.forServer(
                              own.key(), own.chain().toArray(X509Certificate[]::new)))
                      .build())
              .intercept(new HeaderLog())
              .addService(new Service())
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return server.getPort();
  }

  public Authority authority() {
    return authority;
  }

  public List<IstioCertificateRequest> requests() {
    return List.copyOf(requests);
  }

  public List<Metadata> headers() {
    return List.copyOf(headers);
  }

  /** Changes each answer. */
  public void spoil(Function<List<String>, List<String>> change) {
    this.spoil = change;
  }

  /** Answers only so. */
  public void refuse(Status status) {
    this.refusal = Optional.of(status);
  }

  private List<String> sign(IstioCertificateRequest request) {
    CertificateRequest csr = CertificateRequest.parse(request.getCsr());
    SpiffeId id = SpiffeId.parse(csr.uris().getFirst());
    Duration ttl = Duration.ofSeconds(request.getValidityDuration());
    List<X509Certificate> chain = authority.sign(csr, id, ttl);
    return List.of(
        Pem.encode(chain.getFirst()), Pem.encode(chain.getLast()), Pem.encode(authority.roots()));
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private final class Service extends IstioCertificateServiceGrpc.IstioCertificateServiceImplBase {
    @Override
    public void createCertificate(
        IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> observer) {
      requests.add(request);
      if (refusal.isPresent()) {
        observer.onError(refusal.get().asRuntimeException());
        return;
      }
      observer.onNext(
          IstioCertificateResponse.newBuilder()
              .addAllCertChain(spoil.apply(sign(request)))
              .build());
      observer.onCompleted();
    }
  }

  private final class HeaderLog implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
      headers.add(metadata);
      return next.startCall(call, metadata);
    }
  }
}
