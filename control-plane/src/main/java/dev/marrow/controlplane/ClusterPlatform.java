package dev.marrow.controlplane;

import dev.marrow.controlplane.admin.Counters;
import dev.marrow.controlplane.admit.Admission;
import dev.marrow.controlplane.authority.TokenCheck;
import dev.marrow.controlplane.cluster.Claim;
import dev.marrow.controlplane.cluster.KeysInSecret;
import dev.marrow.controlplane.cluster.Leadership;
import dev.marrow.controlplane.cluster.MadeKinds;
import dev.marrow.controlplane.cluster.ObjectsOnServer;
import dev.marrow.controlplane.cluster.RootConfigMaps;
import dev.marrow.controlplane.cluster.StatusOnServer;
import dev.marrow.controlplane.cluster.TokenReviews;
import dev.marrow.controlplane.compile.Labels;
import dev.marrow.controlplane.deploy.Applier;
import dev.marrow.controlplane.settings.Settings;
import dev.marrow.controlplane.status.StatusWriter;
import dev.marrow.identity.authority.Authority;
import dev.marrow.identity.authority.AuthoritySettings;
import dev.marrow.identity.authority.KeyFiles;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.ResourceSource;
import dev.marrow.resources.kubernetes.ApiServer;
import dev.marrow.resources.kubernetes.Backoff;
import dev.marrow.resources.kubernetes.KubernetesSource;
import dev.marrow.resources.kubernetes.MeshKinds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster: objects from its API server, keys in a Secret, tokens reviewed; one of the replicas
 * leads and writes statuses, roots and waypoints. Thread-safe.
 */
final class ClusterPlatform implements Platform {
  private static final Logger log = LoggerFactory.getLogger(ClusterPlatform.class);
  private static final Duration REFRESH = Duration.ofSeconds(30);
  private static final int REPAIR_TURNS = 10;

  private final Parts parts = new Parts();
  private final KubernetesSource source;
  private final ObjectsOnServer applier;
  private final StatusOnServer statuses;
  private final Authority authority;
  private final TokenCheck tokens;
  private final Claim claim;

  private ClusterPlatform(
      Settings settings, Settings.Cluster cluster, Counters counters, Clock clock)
      throws IOException, InterruptedException {
    ApiServer server = parts.add(connect(cluster));
    source = parts.add(KubernetesSource.follow(server, MeshKinds.all(), counters.watching()));
    KubernetesSource made =
        parts.add(
            KubernetesSource.follow(
                server, MadeKinds.of(cluster.rootConfigMap()), counters.watching()));
    authority = authority(settings, cluster, server, clock);
    Leadership leadership =
        new Leadership(
            server,
            cluster.namespace(),
            cluster.lease(),
            cluster.pod(),
            Leadership.Times.standard(),
            clock);
    claim = new Claim(server, cluster.namespace(), cluster.revision());
    leadership.onlyIf(claim::taken);
    Function<ObjectKey, Optional<KubeObject>> objects = key -> source.snapshot().get(key);
    tokens = new TokenReviews(server, settings.access().audience(), objects, clock);
    statuses = parts.add(new StatusOnServer(server, objects, leadership, clock));
    applier =
        parts.add(
            new ObjectsOnServer(
                server, made, leadership, cluster.revision(), this::ofAnUnreadableGateway));
    RootConfigMaps roots =
        parts.add(
            new RootConfigMaps(
                server,
                source,
                made,
                authority,
                cluster.rootConfigMap(),
                cluster.namespace(),
                leadership));
    Thread refresh = Thread.ofVirtual().name("roots-refresh").start(() -> refresh(roots));
    parts.add(refresh::interrupt);
    counters.gauge("marrow_other_installation", () -> claim.rival().isPresent() ? 1 : 0);
    counters.gauge("marrow_leader", () -> leadership.leading() ? 1 : 0);
    counters.gauge("marrow_statuses_waiting", statuses::waiting);
    counters.gauge("marrow_deployments_waiting", applier::waiting);
    source.awaitComplete();
    made.awaitComplete();
    // The last to start and the first to stop: who writes knows all there is.
    parts.add(leadership).start();
  }

  static ClusterPlatform open(
      Settings settings, Settings.Cluster cluster, Counters counters, Clock clock)
      throws IOException, InterruptedException {
    return new ClusterPlatform(settings, cluster, counters, clock);
  }

  /**
   * Nobody knows what such a Gateway wants to have deployed: an earlier run understood it, and what
   * that one made serves on.
   */
  private boolean ofAnUnreadableGateway(KubeObject object) {
    String name = object.labels().getOrDefault(Labels.GATEWAY_NAME, "");
    return !name.isEmpty()
        && source
            .snapshot()
            .get("Gateway", object.namespace(), name)
            .filter(gateway -> !gateway.deleting() && !Admission.understands(gateway))
            .isPresent();
  }

  private static ApiServer connect(Settings.Cluster cluster) throws IOException {
    return cluster.kubeconfig().isEmpty()
        ? ApiServer.connect()
        : ApiServer.connect(Files.readString(Path.of(cluster.kubeconfig())));
  }

  /** Opens the authority, however long the API server is away. */
  private static Authority authority(
      Settings settings, Settings.Cluster cluster, ApiServer server, Clock clock)
      throws InterruptedException {
    KeyFiles keys = new KeysInSecret(server, cluster.namespace(), cluster.authoritySecret());
    Backoff backoff =
        new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30), RandomGenerator.getDefault());
    while (true) {
      try {
        return Authority.open(
            keys, settings.mesh().trustDomain(), clock, AuthoritySettings.DEFAULT);
      } catch (UncheckedIOException e) {
        log.warn("authority not opened: {}", e.getMessage());
        Thread.sleep(backoff.next(Duration.ZERO));
      }
    }
  }

  private void refresh(RootConfigMaps roots) {
    for (int turn = 1; ; turn++) {
      try {
        Thread.sleep(REFRESH);
        if (turn % REPAIR_TURNS == 0) {
          applier.repair();
        }
        authority.reload();
        roots.refresh();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        log.warn("authority not read again, what is known of it stays: {}", e.toString());
      }
    }
  }

  @Override
  public ResourceSource source() {
    return source;
  }

  @Override
  public Applier applier() {
    return applier;
  }

  @Override
  public StatusWriter statuses() {
    return statuses;
  }

  @Override
  public Authority authority() {
    return authority;
  }

  @Override
  public TokenCheck tokens() {
    return tokens;
  }

  @Override
  public Optional<String> obstacle() {
    return claim.complaint();
  }

  @Override
  public void close() {
    parts.close();
  }
}
