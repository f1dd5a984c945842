package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.resources.ResourceSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever the objects went through, what is published is what a fresh start would publish: no
 * dependency was forgotten.
 */
class IncrementalTest {
  private static final String TARGET = "targetRefs: [{kind: Service, name: web}]";

  /** Each object in some versions; one of them or none is there at a time. */
  private static final List<List<String>> VARIANTS =
      List.of(
          List.of(
              Yaml.namespace("shop", ""),
              Yaml.namespace("shop", "istio.io/use-waypoint: wp"),
              Yaml.namespace("shop", "istio.io/use-waypoint: wp2")),
          List.of(
              Yaml.pod("web-1", "app: web", "", "10.0.0.1"),
              Yaml.pod("web-1", "app: web", "ambient.istio.io/redirection: enabled", "10.0.0.1"),
              Yaml.pod("web-1", "app: api", "", "10.0.0.1")),
          List.of(
              Yaml.pod("api-1", "app: web", "", "10.0.0.2"),
              Yaml.pod("api-1", "app: web, istio.io/use-waypoint: wp2", "", "10.0.0.2")),
          List.of(
              Yaml.service("web", "", "10.1.0.1"),
              Yaml.service("web", "istio.io/use-waypoint: none", "10.1.0.1"),
              Yaml.service("web", "istio.io/use-waypoint: wp2", "10.1.0.5")),
          List.of(Yaml.service("api", "", "10.1.0.2")),
          List.of(
              Yaml.gateway("wp", "", ""),
              Yaml.gateway("wp", "istio.io/waypoint-for: all", ""),
              Yaml.gateway("wp", "", "istio.io/for-service-account: web"),
              Yaml.gateway("wp", "", "").replace("marrow-waypoint", "other")),
          List.of(
              Yaml.gateway("wp2", "", "marrow.dev/fail-open: \"true\""),
              Yaml.gateway("wp2", "", "istio.io/for-service-account: web")),
          List.of(Yaml.waypointRuns("wp2", "10.0.0.9").split("---")[1]),
          List.of(Yaml.waypointRuns("wp2", "10.0.0.9").split("---")[0]),
          List.of(
              Yaml.object(
                  "security.istio.io/v1", "PeerAuthentication", "p", "{mtls: {mode: STRICT}}"),
              Yaml.object(
                  "security.istio.io/v1",
                  "PeerAuthentication",
                  "p",
                  "{selector: {matchLabels: {app: web}}, portLevelMtls: {\"80\": {mode: STRICT}}}")),
          List.of(
              Yaml.policy("a", "{selector: {matchLabels: {app: web}}}"),
              Yaml.policy("a", "{%s, rules: [{}]}".formatted(TARGET)),
              Yaml.policy("a", "{action: WRONG}")),
          List.of(
              Yaml.route("r", "{parentRefs: [{group: '', kind: Service, name: web}], rules: [{}]}"),
              Yaml.route(
                  "r",
                  "{parentRefs: [{group: '', kind: Service, name: api}, {name: wp2}],"
                      + " rules: [{backendRefs: [{name: web, port: 80}]}]}")),
          List.of(
              Yaml.object(
                  "networking.istio.io/v1",
                  "DestinationRule",
                  "d",
                  "{host: web, trafficPolicy: {loadBalancer: {simple: RANDOM}}}")),
          List.of(
              Yaml.object(
                  "networking.istio.io/v1",
                  "WorkloadEntry",
                  "vm",
                  "{address: 192.0.2.1, labels: {app: web}, serviceAccount: web}")));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void afterAnyChangesAllIsAsAfterAFreshStart(long seed) {
    Random random = new Random(seed);
    Map<Integer, Integer> there = new TreeMap<>();
    Compiled changed = Compiled.of();

    for (int step = 0; step < 150; step++) {
      change(changed, there, random);
      if (step % 10 == 9) {
        Compiled fresh = Compiled.of(texts(there).toArray(String[]::new));
        assertThat(everything(changed))
            .as("seed %d step %d", seed, step)
            .containsExactlyInAnyOrderEntriesOf(everything(fresh));
      }
    }
  }

  private static void change(Compiled mesh, Map<Integer, Integer> there, Random random) {
    int object = random.nextInt(VARIANTS.size());
    int variant = random.nextInt(VARIANTS.get(object).size() + 1) - 1;
    // An invalid version shows its last good one, which a fresh start does not have.
    boolean invalid = variant >= 0 && VARIANTS.get(object).get(variant).contains("WRONG");
    Integer before = there.get(object);
    if (before != null && (variant < 0 || invalid)) {
      var old = ResourceSnapshot.parse("test", VARIANTS.get(object).get(before));
      for (String kind : old.kinds()) {
        old.all(kind).forEach(o -> mesh.remove(kind, o.namespace(), o.name()));
      }
      there.remove(object);
    }
    if (variant >= 0) {
      mesh.put(VARIANTS.get(object).get(variant));
      there.put(object, variant);
    }
  }

  private static List<String> texts(Map<Integer, Integer> there) {
    List<String> texts = new ArrayList<>();
    there.forEach((object, variant) -> texts.add(VARIANTS.get(object).get(variant)));
    return texts;
  }

  private static Map<String, String> everything(Compiled mesh) {
    Map<String, String> all = mesh.versions("", "shop/wp", "shop/wp2");
    mesh.statuses().forEach((key, status) -> all.put("status " + key, status.toString()));
    mesh.generated().forEach((key, object) -> all.put("generated " + key, object.toString()));
    return all;
  }
}
