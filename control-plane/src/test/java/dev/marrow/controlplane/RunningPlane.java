package dev.marrow.controlplane;

import dev.marrow.controlplane.settings.Settings;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A control plane on loopback with its directories, and ways to change objects and to call it. */
public final class RunningPlane implements AutoCloseable {
  public final TestTokens tokens = TestTokens.create("test");
  public final Path home;
  public final Path objects;
  public final ControlPlane plane;
  private final List<ManagedChannel> channels = new ArrayList<>();

  private RunningPlane(Path home, ControlPlane plane) {
    this.home = home;
    this.objects = home.resolve("objects");
    this.plane = plane;
  }

  public static RunningPlane start(Path home, Map<String, String> objects) throws IOException {
    Path directory = Files.createDirectories(home.resolve("objects"));
    for (Map.Entry<String, String> object : objects.entrySet()) {
      Files.writeString(directory.resolve(object.getKey()), object.getValue());
    }
    Map<String, String> env = new HashMap<>();
    env.put("MARROW_CONFIG", directory.toString());
    env.put("MARROW_STATUS_DIR", home.resolve("status").toString());
    env.put("MARROW_GENERATED_DIR", home.resolve("generated").toString());
    env.put("MARROW_CA_DIR", home.resolve("ca").toString());
    env.put("MARROW_ROOT_CERT_OUT", home.resolve("root-cert.pem").toString());
    env.put("MARROW_TOKEN_JWKS", home.resolve("jwks.json").toString());
    for (String name : List.of("XDS", "READINESS", "METRICS", "ADMIN")) {
      env.put("MARROW_" + name + "_ADDRESS", "127.0.0.1:0");
    }
    Settings settings = Settings.read(env);
    RunningPlane running = new RunningPlane(home, start(settings));
    running.tokens.write(home.resolve("jwks.json"));
    return running;
  }

  static ControlPlane start(Settings settings) throws IOException {
    try {
      return ControlPlane.start(settings, Clock.systemUTC());
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  public void write(String file, String text) throws IOException {
    Path hidden = Files.writeString(objects.resolve("." + file), text);
    Files.move(hidden, objects.resolve(file), StandardCopyOption.ATOMIC_MOVE);
  }

  public void delete(String file) throws IOException {
    Files.delete(objects.resolve(file));
  }

  public ManagedChannel channel() throws IOException {
    return channel(builder -> builder);
  }

  public ManagedChannel channel(UnaryOperator<SslContextBuilder> tls) throws IOException {
    SslContextBuilder builder =
        GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
            .trustManager(home.resolve("root-cert.pem").toFile());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", plane.port())
            .overrideAuthority("istiod.istio-system.svc")
            .maxInboundMessageSize(200 << 20)
            .sslContext(tls.apply(builder).build())
            .build();
    channels.add(channel);
    return channel;
  }

  public static CallCredentials bearer(String token) {
    return new CallCredentials() {
      @Override
      public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier into) {
        Metadata headers = new Metadata();
        headers.put(
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        into.apply(headers);
      }
    };
  }

  @Override
  public void close() {
    for (ManagedChannel channel : channels) {
      channel.shutdownNow();
      try {
        channel.awaitTermination(5, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    plane.close();
  }
}
