package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * 10,000 pods in 10 namespaces behind 100 services. What counts is that the work follows the change
 * and not the size of the mesh; the CPU times are printed and bounded loosely.
 */
class ScaleTest {
  private static final int NAMESPACES = 10;
  private static final int PODS = Integer.getInteger("marrow.pods", 10_000);

  @Test
  void theWorkFollowsTheChange() {
    List<String> texts = new ArrayList<>();
    for (int n = 0; n < NAMESPACES; n++) {
      for (int s = 0; s < 10; s++) {
        texts.add(in(n, Yaml.service("app" + s, "", "10.100.%d.%d".formatted(n, s))));
      }
      for (int p = 0; p < PODS / NAMESPACES; p++) {
        texts.add(pod(n, p, "enabled"));
      }
    }
    Compiled mesh = Compiled.of();
    long loaded = time(() -> mesh.put(texts.toArray(String[]::new)));

    int[] asked = new int[3];
    for (int i = 0; i < 20; i++) {
      mesh.put(pod(1, i, "pending"));
      mesh.put(
          in(
              1,
              Yaml.policy(
                  "p" + i % 2, "{selector: {matchLabels: {app: app%d}}}".formatted(i % 10))));
    }
    long onePod = time(() -> asked[0] = mesh.put(pod(0, 1, "pending")));
    assertThat(mesh.changed()).containsExactly("Kubernetes//Pod/shop0/p1-1");
    long onePolicy =
        time(() ->
            asked[1] = mesh.put(in(0, Yaml.policy("p", "{selector: {matchLabels: {app: app1}}}"))));
    assertThat(mesh.changed()).hasSize(PODS / NAMESPACES / 10 + 1);
    long oneGateway =
        time(() ->
            asked[2] = mesh.put(in(0, Yaml.gateway("wp", "", "istio.io/for-service-account: p2"))));

    System.out.printf(
        "%d pods: loaded in %d ms; one pod %d us, %d questions; a policy for %d pods %d us, %d"
            + " questions; a waypoint %d us, %d questions%n",
        PODS,
        loaded / 1000,
        onePod,
        asked[0],
        PODS / NAMESPACES / 10,
        onePolicy,
        asked[1],
        oneGateway,
        asked[2]);
    assertThat(asked[0]).isLessThan(30);
    assertThat(asked[1]).isLessThan(2 * PODS / NAMESPACES + 100);
    assertThat(Duration.ofNanos(onePod * 1000)).isLessThan(Duration.ofSeconds(1));
    assertThat(Duration.ofNanos(onePolicy * 1000)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void tenThousandRoutesAreCompiledInSeconds() {
    List<String> texts = new ArrayList<>();
    texts.add(Yaml.namespace("shop", "istio.io/use-waypoint: wp"));
    texts.add(Yaml.gateway("wp", "", ""));
    for (int s = 0; s < 100; s++) {
      texts.add(Yaml.service("web" + s, "", "10.100.1." + s));
    }
    for (int r = 0; r < 10_000; r++) {
      texts.add(route(r, "/p" + r));
    }
    Compiled mesh = Compiled.of();
    long loaded = time(() -> mesh.put(texts.toArray(String[]::new)));
    mesh.put(route(7, "/warm"));
    long one = time(() -> mesh.put(route(8, "/changed")));

    System.out.printf("10,000 routes: loaded in %d ms; one %d us%n", loaded / 1000, one);
    assertThat(mesh.changed()).containsExactly("shop/web8.shop.svc.cluster.local");
    assertThat(Duration.ofNanos(loaded * 1000)).isLessThan(Duration.ofSeconds(20));
    assertThat(Duration.ofNanos(one * 1000)).isLessThan(Duration.ofSeconds(1));
  }

  private static String route(int number, String path) {
    return Yaml.route(
        "r" + number,
        "{parentRefs: [{group: '', kind: Service, name: web%d}], rules: [{matches: [{path: {type: PathPrefix, value: %s}}], backendRefs: [{name: web%d, port: 80}]}]}"
            .formatted(number % 100, path, number % 100));
  }

  private static String in(int namespace, String text) {
    return text.replace("namespace: shop", "namespace: shop" + namespace);
  }

  private static String pod(int namespace, int number, String redirection) {
    return in(
        namespace,
        Yaml.pod(
            "p%d-1".formatted(number),
            "app: app%d".formatted(number % 10),
            "ambient.istio.io/redirection: " + redirection,
            "10.%d.%d.%d".formatted(namespace, number / 250, number % 250)));
  }

  private static long time(Runnable work) {
    // Of this thread: other programs of the machine must not count.
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    work.run();
    return (threads.getCurrentThreadCpuTime() - start) / 1000;
  }
}
