package dev.marrow.cli.conformance;

import dev.marrow.cli.command.VersionCommand;
import dev.marrow.conformance.Profile;
import dev.marrow.conformance.backend.Backend;
import dev.marrow.conformance.command.SelfTarget;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.PemFiles;
import dev.marrow.conformance.run.Hooks;
import dev.marrow.conformance.run.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts our node proxy or our waypoint for one workload on loopback, with certificates of the
 * kit's own authority. Used by one thread.
 */
public final class OwnProxy implements SelfTarget {
  private static final InetSocketAddress TUNNELS =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 15008);

  private final String launcher;

  /** {@code home} is the folder of the distribution. */
  public OwnProxy(String home) {
    this.launcher = Path.of(home, "bin", "marrow").toString();
  }

  @Override
  public Running start(Profile profile, Mint authority, Backend backend)
      throws IOException, InterruptedException {
    return switch (profile) {
      case HBONE -> nodeProxy(authority);
      case WAYPOINT -> OwnWaypoint.start(launcher, authority, backend);
      case MTLS, TLS ->
          throw new IOException("--self: profile hbone or waypoint (expected: one of them)");
    };
  }

  private Running nodeProxy(Mint authority) throws IOException, InterruptedException {
    OwnFolder folder = OwnFolder.create();
    try {
      folder.write("root.pem", PemFiles.pem("CERTIFICATE", authority.certificate()));
      folder.write("root.key", authority.keyPem());
      OwnMesh mesh = new OwnMesh(folder);
      boolean isolated = OwnNamespace.isHere();
      if (isolated) {
        OwnNamespace.capture(OwnMesh.PLAINTEXT_HOST);
      }
      OwnProcess process =
          OwnProcess.start(
              List.of(launcher, "run", "ztunnel"),
              environment(folder, isolated),
              folder.file("proxy.log"),
              TUNNELS);
      Hooks hooks = ProxyHooks.of(folder, mesh, process, isolated);
      return new Started(process, folder, target(hooks, isolated));
    } catch (IOException | InterruptedException e) {
      folder.close();
      throw e;
    }
  }

  private static Map<String, String> environment(OwnFolder folder, boolean isolated) {
    Map<String, String> environment =
        new HashMap<>(
            Map.ofEntries(
                Map.entry("PROXY_MODE", "dedicated"),
                Map.entry("PROXY_WORKLOAD_INFO", "default/application/application"),
                Map.entry("LOCAL_XDS_PATH", folder.file("mesh.yaml").toString()),
                Map.entry("XDS_ADDRESS", ""),
                Map.entry("CA_ADDRESS", ""),
                Map.entry("FAKE_CA", "true"),
                Map.entry("FAKE_CA_ROOT", folder.file("root.pem").toString()),
                Map.entry("FAKE_CA_KEY", folder.file("root.key").toString()),
                // Short, so that certificates change while the kit looks.
                Map.entry("SECRET_TTL", "10s"),
                Map.entry("CRL_PATH", folder.file("crl.pem").toString()),
                Map.entry("UNSTABLE_ENABLE_SOCKS5", "true"),
                Map.entry("NODE_NAME", "here"),
                Map.entry("POD_NAME", "application"),
                Map.entry("POD_NAMESPACE", "default"),
                Map.entry("INSTANCE_IP", "127.0.0.1"),
                Map.entry("ISTIO_META_DNS_CAPTURE", "false")));
    if (isolated) {
      environment.put("PACKET_MARK", String.valueOf(OwnNamespace.MARK));
    }
    return environment;
  }

  private static Target target(Hooks hooks, boolean isolated) {
    Target plain = Target.at(TUNNELS, Profile.HBONE);
    return new Target(
        "marrow-ztunnel",
        VersionCommand.OURS,
        plain.address(),
        Profile.HBONE,
        new Target.Reach(
            plain.applicationHost(),
            isolated ? Optional.of(OwnMesh.PLAINTEXT_HOST) : Optional.empty(),
            plain.foreignAuthority()),
        plain.identity(),
        Optional.of("spiffe://cluster.local/ns/default/sa/application"),
        plain.patience(),
        hooks,
        Map.of());
  }

  /** A process and what it needs. */
  record Started(OwnProcess process, OwnFolder folder, Target target) implements Running {
    @Override
    public void close() {
      process.close();
      folder.close();
    }
  }
}
