package dev.marrow.controlplane.foreign;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import dev.marrow.controlplane.RunningPlane;
import dev.marrow.controlplane.Yaml;
import dev.marrow.identity.TrustDomain;
import dev.marrow.identity.authority.Authority;
import dev.marrow.identity.authority.ServerCertificate;
import dev.marrow.proto.ca.IstioCertificateRequest;
import dev.marrow.proto.ca.IstioCertificateResponse;
import dev.marrow.proto.ca.IstioCertificateServiceGrpc;
import dev.marrow.proto.discovery.AggregatedDiscoveryServiceGrpc;
import dev.marrow.proto.discovery.DeltaDiscoveryRequest;
import dev.marrow.proto.discovery.DeltaDiscoveryResponse;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Stands between a node proxy and our control plane and writes down what the proxy says, in the
 * form that {@link Recording} reads. Run by hand: {@code Recorder DIRECTORY PORT}; see the header
 * of the recordings. Lines of standard input of the form {@code put NAME IP}, {@code delete NAME}
 * and {@code hangup} make something happen.
 */
final class Recorder {
  private static final Context.Key<String> TOKEN = Context.key("token");
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final Path file;
  private final RunningPlane plane;
  private final ManagedChannel channel;
  private volatile Runnable hangUp = () -> {};

  private Recorder(Path file, RunningPlane plane) throws IOException {
    this.file = file;
    this.plane = plane;
    this.channel = plane.channel();
  }

  public static void main(String[] arguments) throws Exception {
    Path home = Path.of(arguments[0]);
    RunningPlane plane = RunningPlane.start(home, ForeignNodeProxyTest.objects());
    String token = plane.tokens.token("marrow-system", "ztunnel", "node-1");
    Files.writeString(home.resolve("token"), token);
    new Recorder(home.resolve("recording.txt"), plane).run(Integer.parseInt(arguments[1]));
  }

  private void run(int port) throws Exception {
    ServerCertificate own = certificate();
    X509Certificate[] chain = own.chain().toArray(X509Certificate[]::new);
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
            .sslContext(
                GrpcSslContexts.configure(
                        SslContextBuilder.forServer(own.key(), chain), SslProvider.JDK)
                    .build())
            .intercept(headers())
            .addService(discovery())
            .addService(certificates())
            .build()
            .start();
    System.out.println("listening");
    var lines = new java.util.Scanner(System.in);
    while (lines.hasNextLine()) {
      String line = lines.nextLine();
      write("do " + line, "");
      String[] words = line.split(" ");
      switch (words[0]) {
        case "put" -> plane.write(words[1] + ".yaml", Yaml.pod(words[1], "app: web", "", words[2]));
        case "delete" -> plane.delete(words[1] + ".yaml");
        case "hangup" -> hangUp.run();
        default -> System.out.println("what?");
      }
    }
    server.shutdownNow();
    plane.close();
  }

  private ServerCertificate certificate() throws IOException {
    return Authority.open(
            plane.home.resolve("ca"), TrustDomain.parse("cluster.local"), Clock.systemUTC())
        .serverCertificate(
            Set.of("localhost"), Set.of(InetAddress.getLoopbackAddress()), Duration.ofHours(1));
  }

  private ServerInterceptor headers() {
    return new ServerInterceptor() {
      @Override
      public <Q, A> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String names = String.join(" ", new java.util.TreeSet<>(headers.keys()));
        write("call " + call.getMethodDescriptor().getFullMethodName(), "# headers: " + names);
        String token = String.valueOf(headers.get(AUTHORIZATION)).replace("Bearer ", "");
        return Contexts.interceptCall(
            Context.current().withValue(TOKEN, token), call, headers, next);
      }
    };
  }

  private AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase discovery() {
    return new AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase() {
      @Override
      public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
          StreamObserver<DeltaDiscoveryResponse> answer) {
        hangUp = answer::onCompleted;
        StreamObserver<DeltaDiscoveryRequest> on =
            AggregatedDiscoveryServiceGrpc.newStub(channel)
                .withCallCredentials(RunningPlane.bearer(TOKEN.get()))
                .deltaAggregatedResources(passing("answer", answer, text -> text));
        return passing("request", on, text -> text);
      }
    };
  }

  private IstioCertificateServiceGrpc.IstioCertificateServiceImplBase certificates() {
    return new IstioCertificateServiceGrpc.IstioCertificateServiceImplBase() {
      @Override
      public void createCertificate(
          IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> answer) {
        write("certificate", TextFormat.printer().printToString(request));
        IstioCertificateServiceGrpc.newStub(channel)
            .withCallCredentials(RunningPlane.bearer(TOKEN.get()))
            .createCertificate(request, passing("issued", answer, text -> "# not kept"));
      }
    };
  }

  private <M extends Message> StreamObserver<M> passing(
      String what, StreamObserver<M> on, UnaryOperator<String> shown) {
    return new StreamObserver<>() {
      @Override
      public void onNext(M message) {
        write(what, shown.apply(TextFormat.printer().printToString(message)));
        on.onNext(message);
      }

      @Override
      public void onError(Throwable error) {
        on.onError(error);
      }

      @Override
      public void onCompleted() {
        on.onCompleted();
      }
    };
  }

  private synchronized void write(String what, String text) {
    try {
      Files.writeString(
          file,
          "--- " + what + "\n" + (text.isEmpty() ? "" : text.stripTrailing() + "\n"),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
