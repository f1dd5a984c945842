package dev.marrow.cli.local.network;

import static dev.marrow.cli.local.Objects.deployment;
import static dev.marrow.cli.local.Objects.plan;
import static dev.marrow.cli.local.Objects.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.cli.local.plan.MeshPlan;
import dev.marrow.cli.local.plan.PlannedPod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceRulesTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void eachServicePortChoosesAmongItsReadyPods() throws IOException {
    MeshPlan plan = plan(directory, deployment("web", 2, "") + service("web", ""));
    List<PlannedPod> pods = List.copyOf(plan.pods().values());

    String rules =
        ServiceRules.text(
            List.of(
                new Endpoints(
                    java.util.Objects.requireNonNull(plan.services().get("shop/web")), pods)),
            pods.subList(0, 1));

    assertThat(rules)
        .contains("198.19.1.0 . tcp . 80 : goto service-0")
        .contains(
            "dnat ip to numgen random mod 2 map { 0 : 198.18.1.2 . 8080, 1 : 198.18.2.2 . 8080 }")
        .contains("fd00:198:19::100 . tcp . 80 : goto service-1")
        .contains("ip saddr . ip daddr { 198.18.1.2 . 198.18.1.2 } masquerade");
  }

  @Test
  void aServiceNobodyServesIsRefusedAtOnce() throws IOException {
    MeshPlan plan = plan(directory, service("web", ""));

    String rules =
        ServiceRules.text(
            List.of(
                new Endpoints(
                    java.util.Objects.requireNonNull(plan.services().get("shop/web")), List.of())),
            List.of());

    assertThat(rules).doesNotContain("goto service").contains("ip daddr 198.19.0.0/17 reject");
  }

  @Test
  void theTableIsReplacedInOneTransaction() {
    assertThat(ServiceRules.text(List.of(), List.of()))
        .startsWith("table inet marrow\ndelete table inet marrow\ntable inet marrow {");
  }
}
