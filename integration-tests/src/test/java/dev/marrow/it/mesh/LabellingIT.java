package dev.marrow.it.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.linux.Netns;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(MeshExtension.class)
class LabellingIT {
  private final LocalMesh mesh;

  LabellingIT(LocalMesh mesh) {
    this.mesh = mesh;
  }

  @Test
  void takingANamespaceOutAndInAgainUnderLoadLosesNoRequestAndRestartsNoPod() throws Exception {
    long before = mesh.pod("bank", "vault").get("pid").asLong();
    InetSocketAddress vault = new InetSocketAddress(service("vault"), 80);
    Load load;
    try (Netns teller = MeshExtension.open(mesh, "bank", "teller")) {
      load = Load.start(teller, vault, 500);
      try (load) {
        Await.until("load runs", Duration.ofSeconds(20), () -> load.sent() > 500);
        assertThat(mesh.marrow("label", "namespace", "bank", "istio.io/dataplane-mode-").status())
            .isZero();
        long sent = load.sent();
        Await.until(
            "load goes on outside the mesh",
            Duration.ofSeconds(20),
            () -> load.sent() > sent + 1000);
        assertThat(
                mesh.marrow("label", "namespace", "bank", "istio.io/dataplane-mode=ambient")
                    .status())
            .isZero();
        long again = load.sent();
        Await.until(
            "load goes on inside the mesh",
            Duration.ofSeconds(20),
            () -> load.sent() > again + 1000);
      }
    }

    assertThat(load.failures()).as("of %d requests", load.sent()).isEmpty();
    assertThat(mesh.pod("bank", "vault").get("pid").asLong()).isEqualTo(before);
  }

  /**
   * The node proxy dials the app under the client's address. Had it the port of one of the client's
   * own connections, packets of one would be taken for the other's: a kept connection hangs.
   */
  @Test
  void aClientOutsideTheMeshDisturbsNoneOfItsConnectionsByDiallingAgain() throws Exception {
    InetSocketAddress vault = new InetSocketAddress(service("vault"), 80);
    try (Netns stranger = MeshExtension.open(mesh, "street", "stranger");
        Netns pod = MeshExtension.open(mesh, "bank", "vault")) {
      ports(stranger, "40000 40999");
      ports(pod, "40000 40999");
      Load load = Load.start(stranger, vault, 500);
      try (load) {
        Await.until("ports meet", Duration.ofSeconds(30), () -> load.sent() > 1200);
      } finally {
        ports(stranger, "32768 60999");
        ports(pod, "32768 60999");
      }
      assertThat(load.failures()).as("of %d requests", load.sent()).isEmpty();
    }
  }

  /** From which ports the kernel chooses in a namespace. */
  private static void ports(Netns pod, String range) throws Exception {
    Path setting = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    pod.call(() -> Files.writeString(setting, range));
  }

  @Test
  void outOfTheMeshBytesAreOnTheWireAndWithinTwoSecondsOfLabellingTheyAreNot() throws Exception {
    mesh.marrow("label", "namespace", "bank", "istio.io/dataplane-mode-");
    try (Capture wire = Capture.on(mesh.prefix() + "-node-1")) {
      mesh.curl("bank/teller", "GET", "http://vault.bank/payload-out-of-the-mesh");
      Await.until(
          "plaintext while out of the mesh",
          Duration.ofSeconds(5),
          () -> wire.saw("payload-out-of-the-mesh"));
    }
    mesh.marrow("label", "namespace", "bank", "istio.io/dataplane-mode=ambient");
    try (Capture wire = Capture.on(mesh.prefix() + "-node-1")) {
      Await.until(
          "a request leaves encrypted",
          Duration.ofSeconds(2),
          () -> encrypted(wire, "probe-" + System.nanoTime()));
    }
  }

  private boolean encrypted(Capture wire, String marker) throws Exception {
    boolean answered = mesh.curl("bank/teller", "GET", "http://vault.bank/" + marker).equals("200");
    return answered && !wire.saw(marker);
  }

  private String service(String name) throws Exception {
    for (var each : mesh.json("services").get("items")) {
      if (each.get("name").asString().equals(name)) {
        return each.get("addresses").get(0).asString();
      }
    }
    throw new IllegalStateException(name + ": no such service");
  }
}
