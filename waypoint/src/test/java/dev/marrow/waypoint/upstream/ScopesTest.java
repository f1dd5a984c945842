package dev.marrow.waypoint.upstream;

import static dev.marrow.mesh.TestMesh.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.TestMesh;
import dev.marrow.mesh.workload.ServiceKey;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What balancing remembers of services that come and go. */
class ScopesTest {
  private final Scopes scopes = new Scopes(new SplittableRandom(1));

  @Test
  void servicesThatAreGoneAreForgottenAndOthersAreNot() {
    MeshView mesh = new TestMesh().put(service("shop/stays").ports(80, 80)).current();
    Scope stays = Scope.of(ServiceKey.parse("shop/stays"));
    Scopes.State kept = scopes.of(stays, mesh);

    for (int i = 0; i < 1000; i++) {
      scopes.of(Scope.of(ServiceKey.parse("shop/gone-" + i)), mesh);
    }

    assertThat(scopes.of(stays, mesh)).isSameAs(kept);
    assertThat(scopes.known()).isLessThan(200);
  }
}
