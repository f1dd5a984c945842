package dev.marrow.it.mesh;

import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.PemFiles;
import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.wire.Alert;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.LinkClosed;
import dev.marrow.conformance.wire.TcpLink;
import dev.marrow.conformance.wire.TlsLink;
import dev.marrow.conformance.wire.TlsOffer;
import dev.marrow.conformance.wire.Transcript;
import dev.marrow.linux.Netns;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A peer outside the mesh that dials a pod's port 15008, with the key of the mesh's own authority
 * in hand: whatever it shows is wrong in the one way that the test wants. Confined to one thread.
 */
final class Intruder implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(5);
  static final String TELLER = "spiffe://cluster.local/ns/bank/sa/teller";

  private final Netns pod;
  private final InetSocketAddress door;
  private final Mint authority;
  private final List<AutoCloseable> open = new ArrayList<>();

  private Intruder(Netns pod, InetSocketAddress door, Mint authority) {
    this.pod = pod;
    this.door = door;
    this.authority = authority;
  }

  /** Stands in the street, before the door of the vault. */
  static Intruder at(LocalMesh mesh) throws IOException {
    Path root;
    try (Stream<Path> files = Files.list(mesh.state().resolve("ca"))) {
      root =
          files
              .filter(f -> f.getFileName().toString().matches("root-.*\\.pem"))
              .findFirst()
              .orElseThrow();
    }
    Mint authority = Mint.of(PemFiles.certificates(root), PemFiles.key(root));
    InetSocketAddress door = new InetSocketAddress(mesh.address("bank", "vault"), 15008);
    return new Intruder(MeshExtension.open(mesh, "street", "stranger"), door, authority);
  }

  Svid issue(LeafSpec leaf) {
    return authority.issue(leaf);
  }

  /** What a peer in order would offer. */
  TlsOffer good() {
    return TlsOffer.standard(issue(LeafSpec.svid(TELLER)));
  }

  TcpLink tcp() throws IOException {
    return keep(pod.call(() -> TcpLink.connect(door, PATIENCE, new Transcript())));
  }

  TlsLink tls(TlsOffer offer) throws IOException {
    return keep(TlsLink.open(tcp(), offer, PATIENCE, new Transcript()));
  }

  /** An HTTP/2 connection that is up. */
  H2Link http2() throws IOException {
    return keep(new H2Link(tls(good()), new Transcript())).begin(PATIENCE);
  }

  /**
   * Tries to begin HTTP/2 and is thrown out.
   *
   * @return the alert, if one came
   * @throws AssertionError if it is let in
   */
  Optional<Alert> thrownOut(TlsOffer offer) throws IOException {
    try {
      H2Link http2 = new H2Link(tls(offer), new Transcript()).begin(PATIENCE);
      http2.next(PATIENCE);
    } catch (LinkClosed closed) {
      return closed.alert();
    }
    throw new AssertionError("was let in");
  }

  private <T extends AutoCloseable> T keep(T link) {
    open.add(link);
    return link;
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable link : open) {
      link.close();
    }
    pod.close();
  }
}
