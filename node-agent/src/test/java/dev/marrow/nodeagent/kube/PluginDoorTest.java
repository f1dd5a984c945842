package dev.marrow.nodeagent.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.marrow.linux.FileIdentity;
import dev.marrow.linux.Netns;
import dev.marrow.nodeagent.api.Access;
import dev.marrow.nodeagent.api.ApiServer;
import dev.marrow.nodeagent.cni.PodNetwork;
import dev.marrow.nodeagent.enrol.Agent;
import dev.marrow.nodeagent.enrol.Enrolments;
import dev.marrow.nodeagent.enrol.Pace;
import dev.marrow.nodeagent.plan.EnrolmentPlan;
import dev.marrow.nodeagent.plan.Redirection;
import dev.marrow.nodeagent.redirect.RedirectRules;
import dev.marrow.nodeagent.zds.ZdsServer;
import dev.marrow.ztunnel.capture.PodProxies;
import dev.marrow.ztunnel.capture.PodUid;
import dev.marrow.ztunnel.capture.PodWorkload;
import dev.marrow.ztunnel.capture.ZdsClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A door with a real agent and a made-up API server; folders stand for network namespaces. */
class PluginDoorTest {
  private static final String UID = "0a1b2c3d-0000-1111-2222-333344445555";
  private static final String POD =
      "{\"metadata\":{\"name\":\"web\",\"namespace\":\"shop\",\"uid\":\"%s\"},"
          + "\"spec\":{\"nodeName\":\"n1\",\"serviceAccountName\":\"web\"},\"status\":{}}";
  private static final String NAMESPACE =
      "{\"metadata\":{\"name\":\"shop\",\"labels\":{\"istio.io/dataplane-mode\":\"ambient\"}}}";

  @TempDir Path dir;
  private final List<String> journal = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> running = new CopyOnWriteArrayList<>();
  private PluginDoor door;
  private volatile Runnable beforeRedirect = () -> {};

  @BeforeEach
  void start() throws Exception {
    Files.createDirectories(dir.resolve("proc"));
    ApiServer server = api();
    var host = new HostNamespaces(dir.resolve("proc"), dir.resolve("netns"));
    var pods = KubernetesPods.of(server, "n1", host);
    running.add(pods::close);
    await(() -> pods.snapshot().problems().isEmpty());
    var plan = new EnrolmentPlan("n1", Set.of(), true);
    var agent = new Agent(pods, plan, new Rules(), new Nowhere(), false, Pace.STANDARD);
    agent.start();
    running.add(agent);
    running.add(ZdsServer.listen(dir.resolve("zds"), agent::arrived, Duration.ofSeconds(5)));
    var client = new ZdsClient(dir.resolve("zds"), new Proxies(), journal::add);
    client.start();
    running.add(client);
    await(() -> agent.status().proxies() == 1);
    door = new PluginDoor(server, pods, plan, agent, host);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : running.reversed()) {
      each.close();
    }
  }

  @Test
  void aPodWhoseNetworkIsMadeAgainBeginsWhenTheNewOneIsCaptured() throws Exception {
    door.admit(network("first"));
    var second = network("second");
    Thread beginning =
        Thread.ofPlatform()
            .unstarted(() -> {
              journal.add(admitted(second));
            });
    beforeRedirect = () -> await(() -> waitsOrHasEnded(beginning));

    beginning.start();
    beginning.join();

    assertThat(journal).containsExactly("captured", "captured", "begins");
  }

  private static boolean waitsOrHasEnded(Thread thread) {
    return thread.getState() == Thread.State.TIMED_WAITING
        || thread.getState() == Thread.State.TERMINATED;
  }

  private String admitted(PodNetwork pod) {
    try {
      door.admit(pod);
      return "begins";
    } catch (IOException | InterruptedException refused) {
      return String.valueOf(refused.getMessage());
    }
  }

  private PodNetwork network(String netns) throws IOException {
    Path path = Files.createDirectories(dir.resolve(netns));
    return new PodNetwork("shop", "web", UID, path.toString(), List.of());
  }

  /** Lists nothing, but knows the pod and its namespace by name. */
  private ApiServer api() throws Exception {
    var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    http.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          String answer =
              path.endsWith("/web")
                  ? POD.formatted(UID)
                  : path.endsWith("/shop")
                      ? NAMESPACE
                      : "{\"metadata\":{\"resourceVersion\":\"7\"}}";
          boolean watch =
              String.valueOf(exchange.getRequestURI().getQuery()).contains("watch=true");
          byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, watch ? 0 : bytes.length);
          if (!watch) {
            exchange.getResponseBody().write(bytes);
            exchange.close();
          }
        });
    http.start();
    running.add(() -> http.stop(0));
    URI address = URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    return ApiServer.at(new Access(address, SSLContext.getDefault(), () -> "token"));
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private static final class Nowhere implements Enrolments {
    @Override
    public void enter(Entry pod) {}

    @Override
    public void strike(Entry pod) {}

    @Override
    public List<Entry> entries() {
      return List.of();
    }
  }

  private final class Rules implements RedirectRules {
    private volatile FileIdentity last = new FileIdentity(0, 0);

    @Override
    public void redirect(Netns pod, Redirection redirection) {
      beforeRedirect.run();
      last = pod.identity();
      journal.add("captured");
    }

    @Override
    public void release(Netns pod) {}

    @Override
    public boolean redirecting(Netns pod) {
      return last.equals(pod.identity());
    }

    @Override
    public void remove(Netns pod) {}

    @Override
    public void markProbes(Collection<InetAddress> pods) {}

    @Override
    public void unmarkProbes() {}
  }

  private static final class Proxies implements PodProxies {
    @Override
    public Start start(PodUid uid, PodWorkload workload, Netns netns) {
      netns.close();
      return new Start.Started();
    }

    @Override
    public void stop(PodUid uid) {}
  }
}
