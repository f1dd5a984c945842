package dev.marrow.it.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.marrow.linux.Netns;
import dev.marrow.proto.ca.IstioCertificateRequest;
import dev.marrow.proto.ca.IstioCertificateServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who asks the running control plane for a certificate and must not get it. */
@ExtendWith(MeshExtension.class)
class BadCallerIT {
  private static final String VAULT = "spiffe://cluster.local/ns/bank/sa/vault";

  private final LocalMesh mesh;
  private final Program controlPlane;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Netns node;
  private final ManagedChannel channel;
  private long mark;

  BadCallerIT(LocalMesh mesh) throws IOException {
    this.mesh = mesh;
    this.controlPlane = mesh.program("control-plane");
    this.node = Netns.open(Path.of("/run/netns", mesh.prefix() + "-node-1"));
    this.channel =
        NettyChannelBuilder.forAddress("198.19.128.2", 15012)
            .overrideAuthority("istiod.istio-system.svc")
            .eventLoopGroup(loops)
            .channelFactory(this::socket)
            .sslContext(
                GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                    .trustManager(mesh.state().resolve("root-cert.pem").toFile())
                    .build())
            .build();
  }

  private NioSocketChannel socket() {
    try {
      return node.call(NioSocketChannel::new);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeEach
  void begin() throws IOException {
    mark = controlPlane.mark();
  }

  @AfterEach
  void nothingElseIsDisturbed() throws Exception {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    node.close();
    assertThat(mesh.json("status").get("ready").asBoolean()).isTrue();
    assertThat(mesh.curl("bank/teller", "GET", "http://vault.bank/")).isEqualTo("200");
  }

  private void isRefused(String token, Status.Code code, String reason) throws Exception {
    double before = controlPlane.metric("marrow_refusals", reason);
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    Struct metadata =
        Struct.newBuilder()
            .putFields("ImpersonatedIdentity", Value.newBuilder().setStringValue(VAULT).build())
            .build();

    StatusRuntimeException refused =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                IstioCertificateServiceGrpc.newBlockingStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .createCertificate(
                        IstioCertificateRequest.newBuilder().setMetadata(metadata).build()));

    assertThat(refused.getStatus().getCode()).isEqualTo(code);
    assertThat(refused.getStatus().getDescription()).startsWith(reason);
    controlPlane.awaitLog(mark, reason);
    assertThat(controlPlane.metric("marrow_refusals", reason)).isEqualTo(before + 1);
  }

  private String token(String name) throws IOException {
    return Files.readString(mesh.state().resolve("tokens").resolve(name + ".jwt")).strip();
  }

  @Test
  void aNodeProxyThatWantsTheIdentityOfAPodOnAnotherNode() throws Exception {
    isRefused(token("ztunnel-node-1"), Status.Code.PERMISSION_DENIED, "IDENTITY_NOT_ON_NODE");
  }

  @Test
  void aTokenThatIsNone() throws Exception {
    isRefused("not-a-token", Status.Code.UNAUTHENTICATED, "TOKEN_MALFORMED");
  }

  @Test
  void aTokenThatWasChanged() throws Exception {
    String good = token("ztunnel-node-2");
    int middle = good.indexOf('.') + 20;
    char other = good.charAt(middle) == 'A' ? 'B' : 'A';
    String changed = good.substring(0, middle) + other + good.substring(middle + 1);

    isRefused(changed, Status.Code.UNAUTHENTICATED, "TOKEN_");
  }
}
