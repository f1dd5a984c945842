package dev.marrow.ztunnel;

import dev.marrow.mesh.MeshSource;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.file.LocalFile;
import dev.marrow.mesh.file.LocalFileException;
import dev.marrow.mesh.file.WatchedFile;
import dev.marrow.mesh.xds.AdsClient;
import dev.marrow.mesh.xds.AdsMetrics;
import dev.marrow.mesh.xds.AdsNode;
import dev.marrow.mesh.xds.AdsServer;
import dev.marrow.mesh.xds.AdsSettings;
import dev.marrow.mesh.xds.BearerToken;
import dev.marrow.mesh.xds.MeshSubscription;
import dev.marrow.mesh.xds.OnDemand;
import dev.marrow.mesh.xds.RootCertificates;
import dev.marrow.ztunnel.report.Metrics;
import dev.marrow.ztunnel.settings.MeshSettings;
import dev.marrow.ztunnel.settings.MeshSettings.Local;
import dev.marrow.ztunnel.settings.ServerSettings;
import dev.marrow.ztunnel.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What we know of the mesh, and from whom: a file, a control plane, or both. */
final class MeshFeed implements AutoCloseable {
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final MeshSource source;
  private final List<AdsClient> clients;
  private final Runnable close;

  private MeshFeed(MeshSource source, List<AdsClient> clients, Runnable close) {
    this.source = source;
    this.clients = clients;
    this.close = close;
  }

  static MeshFeed open(Settings settings, Metrics metrics) throws IOException, LocalFileException {
    MeshSettings mesh = settings.mesh();
    Optional<Local> configured = mesh.source().local();
    if (mesh.source().xds().isEmpty()
        && configured.isPresent()
        && configured.get() instanceof Local.File(Path path)) {
      WatchedFile file = WatchedFile.open(path, LOOK);
      return new MeshFeed(file, List.of(), file::close);
    }
    Optional<LocalFile> local =
        configured.isPresent() ? Optional.of(read(configured.get())) : Optional.empty();
    if (mesh.source().xds().isEmpty()) {
      return new MeshFeed(
          local.isPresent() ? local.get() : LocalFile.parse("nothing", "{}"), List.of(), () -> {});
    }
    MeshView initial = local.map(LocalFile::current).orElse(MeshView.EMPTY);
    var subscription =
        mesh.source().onDemand()
            ? MeshSubscription.onDemand(initial, OnDemand.on(settings.node().nodeName()))
            : new MeshSubscription(initial);
    var client =
        new AdsClient(
            ads(settings, mesh.source().xds().get()),
            subscription.handlers(),
            new Counted(metrics));
    subscription.attach(client);
    client.start();
    return new MeshFeed(subscription, List.of(client), client::close);
  }

  private static LocalFile read(Local local) throws IOException, LocalFileException {
    return switch (local) {
      case Local.File(Path path) -> LocalFile.read(path);
      case Local.Inline(String text) -> LocalFile.parse("LOCAL_XDS", text);
    };
  }

  private static AdsSettings ads(Settings settings, ServerSettings server) {
    String host = server.address().host();
    String name = server.alternativeName().isEmpty() ? host : server.alternativeName();
    var headers = new HashMap<>(server.headers());
    headers.put("clusterid", settings.node().clusterId());
    return AdsSettings.of(
        new AdsServer.Tls(
            host, server.address().port(), RootCertificates.parse(server.roots()), name),
        new AdsNode(settings.node().nodeId(), settings.mesh().nodeMetadata()),
        token(server.token()),
        headers);
  }

  private static BearerToken token(String token) {
    if (token.isEmpty()) {
      return new BearerToken.None();
    }
    Path path = Path.of(token);
    return Files.exists(path) || token.startsWith("/")
        ? new BearerToken.TokenFile(path)
        : new BearerToken.Literal(token);
  }

  MeshSource source() {
    return source;
  }

  /** Whether everything that was to be known at start is known. */
  boolean ready() {
    return clients.stream().allMatch(c -> c.ready().toCompletableFuture().isDone());
  }

  /** Runs {@code action} once {@link #ready}, or when {@code longest} is over. */
  void whenReady(Duration longest, Runnable action) {
    CompletableFuture.allOf(
            clients.stream()
                .map(c -> c.ready().toCompletableFuture().copy())
                .toArray(CompletableFuture[]::new))
        .orTimeout(longest.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((known, late) -> action.run());
  }

  @Override
  public void close() {
    close.run();
  }

  /** The series {@code istio_xds_*}. */
  private record Counted(Metrics metrics) implements AdsMetrics {
    @Override
    public void onTermination(Termination reason) {
      metrics
          .counter(
              "istio_xds_connection_terminations_total",
              "ends of control-plane streams",
              "reason",
              reason.label())
          .increment();
    }

    @Override
    public void onMessage(String typeUrl, int bytes) {
      metrics
          .counter("istio_xds_message_total", "control-plane responses", "url", typeUrl)
          .increment();
      metrics
          .counter(
              "istio_xds_message_bytes_total", "bytes of control-plane responses", "url", typeUrl)
          .add(bytes);
    }
  }
}
