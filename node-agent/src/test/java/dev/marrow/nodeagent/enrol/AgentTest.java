package dev.marrow.nodeagent.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.linux.Netns;
import dev.marrow.nodeagent.Cluster;
import dev.marrow.nodeagent.plan.EnrolmentPlan;
import dev.marrow.nodeagent.plan.Redirection;
import dev.marrow.nodeagent.redirect.RedirectRules;
import dev.marrow.nodeagent.zds.ZdsServer;
import dev.marrow.resources.DirectorySource;
import dev.marrow.ztunnel.capture.PodProxies;
import dev.marrow.ztunnel.capture.PodUid;
import dev.marrow.ztunnel.capture.PodWorkload;
import dev.marrow.ztunnel.capture.ZdsClient;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The agent with the node proxy's own client, on real sockets and files. Directories stand for
 * network namespaces, and the rules only keep a journal, so nothing here needs root.
 */
class AgentTest {
  private static final String AMBIENT = "istio.io/dataplane-mode: ambient";
  private static final Pace PACE =
      new Pace(
          Duration.ofMillis(60),
          Duration.ofMillis(20),
          Duration.ofMillis(100),
          Duration.ofMillis(200));

  @TempDir Path dir;
  private final List<String> journal = new CopyOnWriteArrayList<>();
  private final Rules rules = new Rules();
  private final Proxies proxies = new Proxies("");
  private Cluster cluster;
  private Running running;
  private ZdsClient client;

  @BeforeEach
  void start() throws Exception {
    cluster = new Cluster(dir.resolve("objects"));
    running = new Running();
    client = connect(proxies);
    await(() -> client.status().ready());
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    running.close();
  }

  @Test
  void aLabelledPodIsAnnouncedThenRedirectedThenEntered() throws Exception {
    cluster.pod("n1", "shop", "web-1", netns("a"));
    await(() -> running.source.snapshot().size() == 1);
    long labelled = System.nanoTime();

    cluster.namespace("shop", AMBIENT);
    await(() -> entered("web-1"));

    assertThat(Duration.ofNanos(System.nanoTime() - labelled)).isLessThan(Duration.ofSeconds(1));
    assertThat(journal)
        .containsSubsequence("start uid-web-1 shop/web-1", "redirect a, not entered");
    await(() -> running.agent.status().enrolled() == 1);
  }

  @Test
  void anUnlabelledPodIsStruckOutThenReleasedThenDeleted() throws Exception {
    enrolled("web-1", "a");

    cluster.pod("n1", "shop", "web-1", netns("a"));
    await(() -> journal.contains("stop uid-web-1"));

    assertThat(journal)
        .containsSubsequence("redirect a, not entered", "release a, not entered", "stop uid-web-1");
    assertThat(running.agent.status().enrolled()).isZero();
  }

  @Test
  void aPodLabelledAgainWhileItLeavesStays() throws Exception {
    enrolled("web-1", "a");
    journal.clear();

    cluster.pod("n1", "shop", "web-1", netns("a"));
    await(() -> !entered("web-1"));
    cluster.pod("n1", "shop", "web-1", netns("a"), AMBIENT, "");
    await(() -> entered("web-1"));

    assertThat(proxies.running).containsKey(new PodUid("uid-web-1"));
  }

  @Test
  void aPodWhoseObjectIsGoneIsStruckOutAndDeletedAtOnce() throws Exception {
    enrolled("web-1", "a");

    cluster.delete("Pod.shop.web-1");
    await(() -> journal.contains("stop uid-web-1"));

    assertThat(entered("web-1")).isFalse();
    assertThat(journal).noneMatch(line -> line.startsWith("release"));
  }

  @Test
  void aPodTheProxyRefusesIsNeitherRedirectedNorEnteredUntilItIsAccepted() throws Exception {
    proxies.failure = "no";
    cluster.pod("n1", "shop", "web-1", netns("a"), AMBIENT, "");
    await(() -> running.agent.status().waiting().equals(Map.of("shop/web-1", "no")));
    assertThat(journal).noneMatch(line -> line.startsWith("redirect"));
    assertThat(entered("web-1")).isFalse();

    proxies.failure = "";

    await(() -> entered("web-1"));
  }

  @Test
  void withoutAProxyNothingIsRedirectedAndWithOneItIs() throws Exception {
    client.close();
    await(() -> running.agent.status().proxies() == 0);
    cluster.pod("n1", "shop", "web-1", netns("a"), AMBIENT, "");
    await(() -> running.agent.status().waiting().containsKey("shop/web-1"));
    assertThat(journal).noneMatch(line -> line.startsWith("redirect"));

    client = connect(proxies);

    await(() -> entered("web-1"));
  }

  @Test
  void aRestartedAgentTellsAllPodsAgainAndTakesNoneOut() throws Exception {
    enrolled("web-1", "a");
    enrolled("web-2", "b");

    running.close();
    assertThat(entered("web-1")).isTrue();
    running = new Running();
    await(() -> running.agent.status().enrolled() == 2 && client.status().ready());

    assertThat(journal).noneMatch(l -> l.startsWith("stop") || l.startsWith("release"));
    assertThat(journal.stream().filter(l -> l.startsWith("start uid-web-1"))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"before redirect", "after redirect"})
  void anAgentKilledInTheMiddleOfEnrollingIsFollowedByOneThatFinishesIt(String when)
      throws Exception {
    enrolled("web-2", "b");
    rules.killed = when;
    cluster.pod("n1", "shop", "web-1", netns("a"), AMBIENT, "");
    running.agent.awaitFailure();
    // Not entered before it is captured: peers would be sent to a port that nobody serves.
    assertThat(entered("web-1")).isFalse();
    assertThat(entered("web-2")).isTrue();

    running.close();
    running = new Running();
    await(() -> entered("web-1") && client.status().ready());

    assertThat(journal).noneMatch(l -> l.startsWith("stop") || l.startsWith("release"));
    assertThat(rules.redirected).hasSize(2);
    assertThat(proxies.running).containsOnlyKeys(new PodUid("uid-web-1"), new PodUid("uid-web-2"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"before release", "after release"})
  void anAgentKilledInTheMiddleOfLettingGoIsFollowedByOneThatFinishesIt(String when)
      throws Exception {
    enrolled("web-1", "a");
    enrolled("web-2", "b");
    rules.killed = when;
    cluster.pod("n1", "shop", "web-1", netns("a"));
    running.agent.awaitFailure();
    assertThat(entered("web-1")).isFalse();

    running.close();
    running = new Running();
    await(() -> rules.redirected.size() == 1);
    await(() -> proxies.running.keySet().equals(Set.of(new PodUid("uid-web-2"))));

    assertThat(entered("web-2")).isTrue();
    assertThat(journal).noneMatch(l -> l.startsWith("stop uid-web-2"));
  }

  @Test
  void whatChangedWhileTheAgentWasDownIsMadeUpFor() throws Exception {
    enrolled("web-1", "a");
    enrolled("web-2", "b");
    running.close();
    cluster.delete("Pod.shop.web-1");
    cluster.pod("n1", "shop", "web-2", netns("b"));

    running = new Running();

    await(() -> !entered("web-1") && !entered("web-2"));
    await(() -> journal.contains("release b, not entered"));
    await(() -> proxies.running.isEmpty());
  }

  @Test
  void whatCannotBeReadIsNotGone() throws Exception {
    enrolled("web-1", "a");
    running.close();
    cluster.write("Pod.shop.web-1", "{ this is : [ no YAML");

    running = new Running();
    await(() -> client.status().ready());
    await(() -> running.agent.status().settled());

    assertThat(entered("web-1")).isTrue();
    assertThat(proxies.running).containsKey(new PodUid("uid-web-1"));
  }

  @Test
  void aPodInANewNamespaceUnderItsOldNameIsEnrolledAfresh() throws Exception {
    enrolled("web-1", "a");
    Files.delete(dir.resolve("a"));
    netns("other");
    Files.move(dir.resolve("other"), dir.resolve("a"));

    await(() -> journal.stream().filter(l -> l.startsWith("redirect a")).count() == 2);

    assertThat(journal).contains("stop uid-web-1");
    assertThat(proxies.running).containsKey(new PodUid("uid-web-1"));
  }

  @Test
  void aLostRedirectionIsRepaired() throws Exception {
    enrolled("web-1", "a");

    rules.lost = true;

    await(() -> journal.stream().filter(l -> l.startsWith("redirect a")).count() == 2);
  }

  @Test
  void aSecondProxyTakesOverWithoutAnyPodLeaving() throws Exception {
    enrolled("web-1", "a");
    var successor = new Proxies("second ");
    try (ZdsClient second = connect(successor)) {
      await(() -> second.status().ready());
      assertThat(successor.running).containsKey(new PodUid("uid-web-1"));

      cluster.pod("n1", "shop", "web-2", netns("b"), AMBIENT, "");
      await(() -> entered("web-2"));
      assertThat(proxies.running).doesNotContainKey(new PodUid("uid-web-2"));

      cluster.delete("Pod.shop.web-1");
      await(() -> proxies.running.isEmpty());
      await(() -> !successor.running.containsKey(new PodUid("uid-web-1")));
    }
  }

  @Test
  void aPodWhoseRedirectionCannotBeTakenAwayKeepsItsProxyUntilItCan() throws Exception {
    enrolled("web-1", "a");
    rules.stuck = true;

    cluster.pod("n1", "shop", "web-1", netns("a"));
    await(() -> journal.stream().filter("release fails"::equals).count() == 2);
    assertThat(proxies.running).containsKey(new PodUid("uid-web-1"));
    rules.stuck = false;

    await(() -> proxies.running.isEmpty());
    assertThat(journal).containsSubsequence("release a, not entered", "stop uid-web-1");
  }

  @Test
  void aPodThatARestartedAgentCannotFreeIsTriedAgain() throws Exception {
    enrolled("web-1", "a");
    running.close();
    cluster.pod("n1", "shop", "web-1", netns("a"));
    rules.stuck = true;

    running = new Running();
    await(() -> journal.contains("release fails"));
    rules.stuck = false;

    await(() -> journal.contains("release a, not entered"));
  }

  @Test
  void marksOfProbesThatSomebodyTookFromTheNodeAreMadeAgain() throws Exception {
    enrolled("web-1", "a");
    await(() -> !rules.marked.isEmpty());

    rules.marked.clear();

    await(() -> rules.marked.contains(InetAddress.ofLiteral("198.18.78.2")));
  }

  @Test
  void aProxyThatIsTheOnlyOneAgainIsToldWhatItsSuccessorWasTold() throws Exception {
    var successor = new Proxies("second ");
    try (ZdsClient second = connect(successor)) {
      await(() -> second.status().ready());
      enrolled("web-2", "b");
      assertThat(proxies.running).isEmpty();
    }

    await(() -> proxies.running.containsKey(new PodUid("uid-web-2")));
    assertThat(entered("web-2")).isTrue();
  }

  @Test
  void changedAnnotationsChangeTheRulesOnly() throws Exception {
    enrolled("web-1", "a");
    String annotation = ", ambient.istio.io/dns-capture: \"false\"";

    cluster.pod("n1", "shop", "web-1", netns("a"), AMBIENT, annotation);

    await(() -> rules.last.equals(new Redirection(true, false, List.of())));
    assertThat(entered("web-1")).isTrue();
    assertThat(journal.stream().filter(l -> l.startsWith("start"))).hasSize(1);
  }

  @Test
  void ahundredPodsComeAndGoWithoutALeak() throws Exception {
    enrolled("web-0", "a");
    long before = openDescriptors();
    for (int i = 1; i <= 100; i++) {
      cluster.pod("n1", "shop", "web-" + i, netns("p" + i), AMBIENT, "");
    }
    await(() -> running.agent.status().enrolled() == 101);
    assertThat(proxies.running).hasSize(101);

    for (int i = 1; i <= 100; i++) {
      cluster.delete("Pod.shop.web-" + i);
    }
    await(() -> proxies.running.size() == 1);

    await(() -> openDescriptors() <= before);
  }

  private void enrolled(String name, String netns) throws IOException {
    cluster.pod("n1", "shop", name, netns(netns), AMBIENT, "");
    await(() -> entered(name));
  }

  private Path netns(String name) throws IOException {
    return Files.createDirectories(dir.resolve(name));
  }

  private boolean entered(String name) {
    return Files.exists(dir.resolve("enrolment/Pod.shop." + name + ".yaml"));
  }

  private ZdsClient connect(Proxies proxies) {
    var fresh = new ZdsClient(dir.resolve("zds"), proxies, why -> journal.add("fatal " + why));
    fresh.start();
    return fresh;
  }

  private static long openDescriptors() {
    try (var list = Files.list(Path.of("/proc/self/fd"))) {
      return list.count();
    } catch (IOException impossible) {
      throw new java.io.UncheckedIOException(impossible);
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private final class Running implements AutoCloseable {
    private final DirectorySource source;
    private final Agent agent;
    private final ZdsServer server;

    Running() throws IOException {
      Path enrolment = dir.resolve("enrolment");
      var enrolments = FileEnrolments.in(enrolment, "n1");
      source = DirectorySource.watch(List.of(cluster.objects(), enrolment));
      var plan = new EnrolmentPlan("n1", Set.of("kube-system"), true);
      agent = new Agent(source, plan, rules, enrolments, true, PACE);
      agent.start();
      server = ZdsServer.listen(dir.resolve("zds"), agent::arrived, Duration.ofSeconds(5));
    }

    @Override
    public void close() throws IOException {
      server.close();
      agent.close();
      source.close();
    }
  }

  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private final class Rules implements RedirectRules {
    private volatile boolean lost;
    private volatile boolean stuck;
    private final Set<InetAddress> marked = ConcurrentHashMap.newKeySet();
    private volatile String killed = "";
    private volatile Redirection last = new Redirection(true, true, List.of());
    private final Set<String> redirected = ConcurrentHashMap.newKeySet();

    /** The process ends here: what stands in the kernel and in files stays. */
    private void die(String now) {
      if (killed.equals(now)) {
        killed = "";
        throw new Killed();
      }
    }

    @Override
    public void redirect(Netns pod, Redirection redirection) {
      die("before redirect");
      lost = false;
      last = redirection;
      redirected.add(pod.toString());
      journal.add("redirect " + name(pod) + enteredNow(pod));
      die("after redirect");
    }

    @Override
    public void release(Netns pod) throws IOException {
      die("before release");
      if (stuck) {
        journal.add("release fails");
        throw new IOException("no memory");
      }
      if (redirected.remove(pod.toString())) {
        journal.add("release " + name(pod) + enteredNow(pod));
        die("after release");
      }
    }

    @Override
    public boolean redirecting(Netns pod) {
      return !lost && redirected.contains(pod.toString());
    }

    @Override
    public void remove(Netns pod) {
      redirected.remove(pod.toString());
    }

    @Override
    public void markProbes(Collection<InetAddress> pods) {
      marked.addAll(pods);
    }

    @Override
    public void unmarkProbes() {}

    private String enteredNow(Netns pod) {
      return entered(name(pod).equals("b") ? "web-2" : "web-1") ? ", entered" : ", not entered";
    }

    private String name(Netns pod) {
      return List.of("a", "b").stream().filter(known -> is(known, pod)).findAny().orElse("other");
    }

    private boolean is(String name, Netns pod) {
      try (Netns known = Netns.open(dir.resolve(name))) {
        return known.identity().equals(pod.identity());
      } catch (IOException notMade) {
        return false;
      }
    }
  }

  private final class Proxies implements PodProxies {
    private final String name;
    private final Map<PodUid, Netns> running = new ConcurrentHashMap<>();
    private volatile String failure = "";

    Proxies(String name) {
      this.name = name;
    }

    @Override
    public Start start(PodUid uid, PodWorkload workload, Netns netns) {
      if (!failure.isEmpty()) {
        return new Start.Failed(failure);
      }
      journal.add("%sstart %s %s".formatted(name, uid, workload));
      running.put(uid, netns);
      return new Start.Started();
    }

    @Override
    public void stop(PodUid uid) {
      journal.add("%sstop %s".formatted(name, uid));
      java.util.Objects.requireNonNull(running.remove(uid)).close();
    }
  }
}
