package dev.marrow.nodeagent.kube;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On files that stand for a node's: what counts of a namespace is its inode. */
class HostNamespacesTest {
  private static final String A = "0a1b2c3d-0000-1111-2222-333344445555";
  private static final String B = "0a1b2c3d-0000-1111-2222-666677778888";

  @TempDir Path dir;
  private HostNamespaces host = new HostNamespaces(Path.of(""), Path.of(""));

  @BeforeEach
  void node() throws IOException {
    host = new HostNamespaces(dir.resolve("proc"), Files.createDirectories(dir.resolve("netns")));
    process(1, "0::/init.scope", "node");
  }

  @Test
  void theOldestProcessOfAPodShowsItsNamespaceByName() throws IOException {
    process(30, "0::/kubepods/besteffort/pod" + A + "/c2", "pod-a");
    process(7, "0::/kubepods/besteffort/pod" + A + "/c1", "pod-a");
    Files.createLink(dir.resolve("netns/cni-a"), dir.resolve("proc/7/ns/net"));

    assertThat(host.find(Set.of(A))).isEqualTo(Map.of(A, dir.resolve("netns/cni-a")));
  }

  @Test
  void systemdWritesUnderscores() throws IOException {
    process(9, "11:net_cls:/kubepods-pod" + B.replace('-', '_') + ".slice/cri-x.scope", "pod-b");

    assertThat(host.find(Set.of(A, B))).isEqualTo(Map.of(B, dir.resolve("proc/9/ns/net")));
  }

  @Test
  void aProcessThatIsStillInTheNodesNamespaceIsNotTakenForThePod() throws IOException {
    Path process = process(5, "0::/kubepods/pod" + A + "/c1", "x");
    Files.delete(process.resolve("ns/net"));
    Files.createLink(process.resolve("ns/net"), dir.resolve("proc/1/ns/net"));

    assertThat(host.find(Set.of(A))).isEmpty();
  }

  @Test
  void pathsOfTheNodeAreFoundWhereTheyAreMounted() {
    assertThat(host.seenFromHere("/run/netns/cni-1")).isEqualTo(dir.resolve("netns/cni-1"));
    assertThat(host.seenFromHere("/var/run/netns/cni-1")).isEqualTo(dir.resolve("netns/cni-1"));
    assertThat(host.seenFromHere("/proc/12/ns/net")).isEqualTo(dir.resolve("proc/12/ns/net"));
  }

  private Path process(int pid, String cgroup, String namespace) throws IOException {
    Path process = dir.resolve("proc/" + pid);
    Files.createDirectories(process.resolve("ns"));
    Files.writeString(process.resolve("cgroup"), cgroup + "\n");
    Files.writeString(process.resolve("ns/net"), namespace);
    return process;
  }
}
