package dev.marrow.resources;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectorySourceTest {
  private static final ObjectKey POD = new ObjectKey("Pod", "shop", "web");

  @TempDir Path home;
  private Path user;
  private Path objects;
  private Path enrolment;
  private DirectorySource source;
  private final BlockingQueue<ResourceSnapshot> seen = new ArrayBlockingQueue<>(1000);

  @BeforeEach
  void start() throws IOException {
    user = Files.createDirectory(home.resolve("user"));
    objects = Files.createDirectory(home.resolve("objects"));
    enrolment = home.resolve("enrolment");
    source =
        DirectorySource.watch(
            List.of(user, objects, enrolment), Duration.ofMillis(100), FileLimits.standard());
    source.onChange(() -> seen.add(source.snapshot()));
  }

  @AfterEach
  void stop() {
    source.close();
  }

  @Test
  void filesThatComeChangeAndGoAreFollowed() throws Exception {
    write(user, "a.yaml", pod("node-1"));
    await(s -> node(s).equals("node-1"));

    write(user, "a.yaml", pod("node-2"));
    await(s -> node(s).equals("node-2"));

    Files.delete(user.resolve("a.yaml"));
    await(s -> s.get(POD).isEmpty());
  }

  @Test
  void whatWasGoodOfABadFileStays() throws Exception {
    write(user, "a.yaml", pod("node-1"));
    await(s -> s.get(POD).isPresent());

    write(user, "a.yaml", "kind: [");
    ResourceSnapshot bad = await(s -> !s.problems().isEmpty());
    write(user, "a.yaml", pod("node-2"));

    assertThat(bad.get(POD)).isPresent();
    assertThat(bad.problems().getFirst().origin().source()).endsWith("user/a.yaml");
    assertThat(await(s -> node(s).equals("node-2")).problems()).isEmpty();
  }

  @Test
  void aLaterDirectoryHidesAnEarlierOne() throws Exception {
    write(user, "a.yaml", pod("node-1"));
    write(objects, "b.yaml", pod("node-2"));
    await(s -> node(s).equals("node-2"));

    Files.delete(objects.resolve("b.yaml"));

    await(s -> node(s).equals("node-1"));
  }

  @Test
  void anOverlayIsLaidOverTheObjectBelow() throws Exception {
    write(objects, "a.yaml", pod("node-1"));
    Files.createDirectory(enrolment);
    write(enrolment, "b.yaml", overlay());

    ResourceSnapshot both =
        await(s -> s.get(POD).filter(DirectorySourceTest::captured).isPresent());
    Files.delete(enrolment.resolve("b.yaml"));

    assertThat(node(both)).isEqualTo("node-1");
    assertThat(both.get(POD).orElseThrow().overlay()).isFalse();
    await(s -> s.get(POD).filter(p -> !captured(p)).isPresent());
  }

  @Test
  void anOverlayAloneIsNothing() throws Exception {
    Files.createDirectory(enrolment);
    write(enrolment, "b.yaml", overlay());
    write(objects, "c.yaml", "{apiVersion: v1, kind: Node, metadata: {name: n}}");

    assertThat(await(s -> s.size() == 1).get(POD)).isEmpty();
  }

  @Test
  void ofTwoInOneDirectoryTheFirstStays() throws Exception {
    write(user, "a.yaml", pod("node-1"));
    write(user, "b.yaml", pod("node-2"));

    ResourceSnapshot both = await(s -> !s.problems().isEmpty());

    assertThat(node(both)).isEqualTo("node-1");
    assertThat(both.problems().getFirst().reason()).startsWith("Pod shop/web: already in ");
  }

  @Test
  void snapshotsSayWhatChanged() throws Exception {
    write(user, "a.yaml", pod("node-1"));
    write(user, "n.yaml", "{apiVersion: v1, kind: Node, metadata: {name: n}}");
    ResourceSnapshot first = await(s -> s.size() == 2);

    write(user, "a.yaml", pod("node-2"));
    ResourceSnapshot second = await(s -> node(s).equals("node-2"));

    assertThat(second.changedSince(first)).containsExactly(POD);
  }

  private static boolean captured(KubeObject pod) {
    return "enabled".equals(pod.annotations().get("ambient.istio.io/redirection"));
  }

  private static String node(ResourceSnapshot snapshot) {
    return snapshot.get(POD).map(p -> p.spec().path("nodeName").stringValue("")).orElse("");
  }

  private static String pod(String node) {
    return """
    {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {nodeName: %s}}
    """
        .formatted(node);
  }

  private static String overlay() {
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      namespace: shop
      annotations:
        marrow.dev/overlay: "true"
        ambient.istio.io/redirection: enabled
    """;
  }

  private static void write(Path directory, String name, String text) throws IOException {
    Path hidden = Files.writeString(directory.resolve("." + name), text);
    Files.move(hidden, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private ResourceSnapshot await(Predicate<ResourceSnapshot> condition)
      throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    ResourceSnapshot now = source.snapshot();
    while (!condition.test(now)) {
      assertThat(System.nanoTime()).as("still %s", now.problems()).isLessThan(end);
      seen.poll(100, TimeUnit.MILLISECONDS);
      now = source.snapshot();
    }
    return now;
  }
}
