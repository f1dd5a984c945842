package dev.marrow.waypoint;

import dev.marrow.identity.CertificateSource;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.issue.Credentials;
import dev.marrow.identity.issue.CsrSettings;
import dev.marrow.identity.issue.FileOrText;
import dev.marrow.identity.issue.IssueSettings;
import dev.marrow.identity.issue.IssuedCertificates;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.Locality;
import dev.marrow.mesh.workload.Place;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.mesh.xds.AdsClient;
import dev.marrow.mesh.xds.AdsMetrics;
import dev.marrow.mesh.xds.AdsNode;
import dev.marrow.mesh.xds.AdsServer;
import dev.marrow.mesh.xds.AdsSettings;
import dev.marrow.mesh.xds.BearerToken;
import dev.marrow.mesh.xds.MeshSubscription;
import dev.marrow.mesh.xds.ResourceHandler;
import dev.marrow.mesh.xds.RootCertificates;
import dev.marrow.waypoint.compile.DestinationSubscription;
import dev.marrow.waypoint.settings.Settings;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Where configuration and certificates come from, while the program runs. Thread-safe. */
record ControlPlane(
    MeshSubscription mesh,
    DestinationSubscription destinations,
    AdsClient client,
    CertificateSource certificates)
    implements AutoCloseable {
  static ControlPlane connect(Settings settings) {
    MeshSubscription mesh = new MeshSubscription(MeshView.EMPTY);
    DestinationSubscription destinations = new DestinationSubscription();
    List<ResourceHandler> handlers = new ArrayList<>(mesh.handlers());
    handlers.add(destinations);
    Settings.Servers servers = settings.servers();
    Map<String, String> headers = Map.of("clusterid", settings.node().cluster());
    AdsClient client =
        new AdsClient(
            AdsSettings.of(
                AdsServer.tls(
                    servers.xds().host(),
                    servers.xds().port(),
                    RootCertificates.parse(servers.roots())),
                new AdsNode(settings.node().id(), settings.node().metadata()),
                token(servers.token()),
                headers),
            handlers,
            AdsMetrics.NONE);
    CsrSettings csr =
        CsrSettings.of(
                servers.ca().host(),
                servers.ca().port(),
                FileOrText.parse(servers.caRoots()),
                credentials(servers.token()))
            .withHeaders(headers)
            .withImpersonation(false);
    client.start();
    return new ControlPlane(
        mesh, destinations, client, IssuedCertificates.fromService(csr, IssueSettings.DEFAULT));
  }

  private static BearerToken token(String text) {
    if (text.isEmpty()) {
      return new BearerToken.None();
    }
    return text.startsWith("/") || Files.exists(Path.of(text))
        ? new BearerToken.TokenFile(Path.of(text))
        : new BearerToken.Literal(text);
  }

  private static Credentials credentials(String token) {
    return token.isEmpty()
        ? new Credentials.Anonymous()
        : new Credentials.Bearer(FileOrText.parse(token));
  }

  /**
   * Completes once all configuration has come and our certificate is here. An authority that is not
   * up yet is asked again: the first refusal says nothing about the next answer.
   */
  CompletableFuture<?> ready(SpiffeId id) {
    CompletableFuture<Void> own = new CompletableFuture<>();
    certificates.onRenewed(certificate -> {
      if (certificate.id().equals(id)) {
        own.complete(null);
      }
    });
    certificates.certificate(id).thenAccept(certificate -> own.complete(null));
    return CompletableFuture.allOf(client.ready().toCompletableFuture(), own);
  }

  /** Where we are: as the mesh knows our own pod, and until then as far as the settings say. */
  Supplier<Place> place(Settings settings) {
    Settings.Node node = settings.node();
    Place told = new Place(node.network(), node.cluster(), node.nodeName(), Locality.UNKNOWN);
    InetAddress own = InetAddress.ofLiteral(node.ip());
    return () -> mesh.current().workload(node.network(), own).map(Workload::place).orElse(told);
  }

  @Override
  public void close() throws Exception {
    client.close();
    certificates.close();
  }
}
