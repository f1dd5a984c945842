package dev.marrow.mesh.xds;

import static dev.marrow.mesh.TestMesh.policy;
import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.mesh.MeshChange;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.policy.PolicyAction;
import dev.marrow.mesh.policy.PolicyScope;
import dev.marrow.mesh.workload.Workload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeferredWorkloadsTest {
  private static final String UID = "Kubernetes//Pod/default/web";
  private static final Policy POLICY =
      policy("a/p", PolicyScope.WORKLOAD_SELECTOR, PolicyAction.ALLOW);

  private final MeshSubscription mesh = mesh(Duration.ofHours(1));

  @Test
  void aWorkloadThatNamesAnUnknownPolicyWaitsForItAndBothAppearAtOnce() {
    put(mesh, workload("web").build());

    put(mesh, workload("web").policies("a/p").build());
    assertThat(policiesOf(mesh)).isEmpty();

    put(mesh, POLICY);
    assertThat(policiesOf(mesh)).containsExactly("a/p");
  }

  @Test
  void aWorkloadWhosePoliciesAreKnownDoesNotWait() {
    put(mesh, POLICY);

    put(mesh, workload("web").policies("a/p").build());

    assertThat(policiesOf(mesh)).containsExactly("a/p");
  }

  @Test
  void onlyTheNewestVersionOfAWorkloadWaits() {
    put(mesh, workload("web").policies("a/p").build());

    put(mesh, workload("web").capacity(7).build());
    put(mesh, POLICY);

    assertThat(mesh.current().workload(UID).orElseThrow().capacity()).isEqualTo(7);
  }

  @Test
  void aWorkloadThatIsRemovedNoLongerWaits() {
    put(mesh, workload("web").policies("a/p").build());

    mesh.handlers().getFirst().apply(List.of(), List.of(UID));
    put(mesh, POLICY);

    assertThat(mesh.current().workload(UID)).isEmpty();
  }

  @Test
  void afterTheGraceTheWorkloadIsPublishedAndTheUnknownNameDenies() throws Exception {
    MeshSubscription hasty = mesh(Duration.ofMillis(20));
    CompletableFuture<MeshChange> published = new CompletableFuture<>();
    hasty.onChange(published::complete);

    put(hasty, workload("web").policies("a/p").build());

    MeshView after = published.get(10, TimeUnit.SECONDS).after();
    assertThat(after.workload(UID).orElseThrow().policies()).containsExactly("a/p");
  }

  private static MeshSubscription mesh(Duration grace) {
    return new MeshSubscription(MeshView.EMPTY, Optional.empty(), grace);
  }

  private static void put(MeshSubscription mesh, Workload workload) {
    var bytes = MeshMessages.message(workload).toByteString();
    mesh.handlers()
        .getFirst()
        .apply(List.of(new AdsResource(workload.uid(), List.of(), "v", bytes)), List.of());
  }

  private static void put(MeshSubscription mesh, Policy policy) {
    var bytes = MeshMessages.message(policy).toByteString();
    mesh.handlers()
        .getLast()
        .apply(List.of(new AdsResource(policy.fullName(), List.of(), "v", bytes)), List.of());
  }

  private static List<String> policiesOf(MeshSubscription mesh) {
    return mesh.current().workload(UID).map(Workload::policies).orElse(List.of());
  }
}
