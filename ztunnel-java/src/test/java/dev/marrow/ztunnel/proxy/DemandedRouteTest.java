package dev.marrow.ztunnel.proxy;

import static dev.marrow.mesh.TestMesh.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.mesh.MeshChange;
import dev.marrow.mesh.MeshSource;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.TestMesh;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Connections to what the control plane tells only when asked. */
class DemandedRouteTest {
  private final String clientIp = TestNode.address();
  private final String lateIp = TestNode.address();

  /** A control plane that does not answer. */
  private record Silent(MeshSource mesh) implements MeshSource {
    @Override
    public MeshView current() {
      return mesh.current();
    }

    @Override
    public void onChange(Consumer<MeshChange> listener) {
      mesh.onChange(listener);
    }

    @Override
    public void forget(Consumer<MeshChange> listener) {
      mesh.forget(listener);
    }

    @Override
    public CompletionStage<MeshView> demand(String name) {
      return CompletableFuture.failedStage(new TimeoutException(name));
    }
  }

  @Test
  void whatNobodyAnsweredForIsNotReachedInPlaintext() throws IOException {
    try (var node = TestNode.seeing(Silent::new);
        TestApp app = TestApp.echo(lateIp)) {
      node.mesh.put(workload("client").account("client").at(clientIp));
      TestNode.Pod client = node.pod("client", clientIp);

      try (Socket socket = client.connect(lateIp, app.port())) {
        assertThat(TestApp.over(socket)).isTrue();
      }

      node.awaitLog("no answer from xds about: /" + lateIp);
    }
  }

  /** Tells of a pod after the route was chosen, and before it is asked for the pod. */
  private record Meanwhile(MeshSource mesh, String lateIp) implements MeshSource {
    @Override
    public MeshView current() {
      return mesh.current();
    }

    @Override
    public void onChange(Consumer<MeshChange> listener) {
      mesh.onChange(listener);
    }

    @Override
    public void forget(Consumer<MeshChange> listener) {
      mesh.forget(listener);
    }

    @Override
    public CompletionStage<MeshView> demand(String name) {
      ((TestMesh) mesh).put(workload("late").account("late").at(lateIp));
      return CompletableFuture.completedStage(current());
    }
  }

  @Test
  void whatBecameKnownWhileWeAskedIsNotReachedInPlaintext() throws IOException {
    try (var node = TestNode.seeing(mesh -> new Meanwhile(mesh, lateIp));
        TestApp app = TestApp.echo(lateIp)) {
      node.mesh.put(workload("client").account("client").at(clientIp));
      TestNode.Pod client = node.pod("client", clientIp);
      node.pod("late", lateIp);

      try (Socket socket = client.connect(lateIp, app.port())) {
        assertThat(TestApp.ask(socket, "hello")).isEqualTo("hello");
      }

      node.awaitLog("dst.hbone_addr=" + lateIp + ":" + app.port());
    }
  }
}
