package dev.marrow.cli.conformance;

import dev.marrow.conformance.Profile;
import dev.marrow.conformance.backend.Backend;
import dev.marrow.conformance.command.SelfTarget;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.PemFiles;
import dev.marrow.conformance.run.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Starts our node proxy for one workload on loopback, with certificates of the kit's own authority.
 * Used by one thread.
 */
public final class OwnProxy implements SelfTarget {
  private static final int TUNNEL_PORT = 15008;
  private static final Duration START = Duration.ofSeconds(60);
  private static final String MESH =
      """
      workloads:
        - uid: Kubernetes//Pod/default/application
          name: application
          namespace: default
          serviceAccount: application
          trustDomain: cluster.local
          protocol: HBONE
          workloadIps: ["127.0.0.1"]
          node: here
          services: {}
      """;
  private static final Map<String, String> DEVIATIONS =
      Map.of(
          "CON-10b",
          "the workload's address is loopback here, where the administration of the proxy listens");

  private final Path launcher;

  /** {@code home} is the folder of the distribution. */
  public OwnProxy(String home) {
    this.launcher = Path.of(home, "bin", "marrow");
  }

  @Override
  public Running start(Profile profile, Mint authority, Backend backend)
      throws IOException, InterruptedException {
    if (profile != Profile.HBONE) {
      throw new IOException("--self: profile hbone only, for now");
    }
    Path folder =
        Files.createTempDirectory(
            "marrow-conformance",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path root = folder.resolve("root.pem");
    Path key = folder.resolve("root.key");
    Files.writeString(root, PemFiles.pem("CERTIFICATE", authority.certificate()));
    Files.writeString(key, authority.keyPem());
    Files.writeString(folder.resolve("mesh.yaml"), MESH);
    ProcessBuilder builder = new ProcessBuilder(launcher.toString(), "run", "ztunnel");
    builder.environment().keySet().removeIf(name -> name.startsWith("MARROW_"));
    builder.environment().putAll(environment(folder, root, key));
    builder.redirectErrorStream(true).redirectOutput(folder.resolve("proxy.log").toFile());
    Process process = builder.start();
    try {
      awaitListening(process, folder.resolve("proxy.log"));
      return new Started(process, folder, target());
    } catch (IOException | InterruptedException e) {
      process.destroy();
      throw e;
    }
  }

  private static Map<String, String> environment(Path folder, Path root, Path key) {
    return Map.ofEntries(
        Map.entry("PROXY_MODE", "dedicated"),
        Map.entry("PROXY_WORKLOAD_INFO", "default/application/application"),
        Map.entry("LOCAL_XDS_PATH", folder.resolve("mesh.yaml").toString()),
        Map.entry("XDS_ADDRESS", ""),
        Map.entry("CA_ADDRESS", ""),
        Map.entry("FAKE_CA", "true"),
        Map.entry("FAKE_CA_ROOT", root.toString()),
        Map.entry("FAKE_CA_KEY", key.toString()),
        Map.entry("NODE_NAME", "here"),
        Map.entry("POD_NAME", "application"),
        Map.entry("POD_NAMESPACE", "default"),
        Map.entry("INSTANCE_IP", "127.0.0.1"),
        Map.entry("ISTIO_META_DNS_CAPTURE", "false"));
  }

  private static InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), TUNNEL_PORT);
  }

  private static void awaitListening(Process process, Path log)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < deadline) {
      if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
        throw new IOException("--self: the proxy ended at once: " + lastLine(log));
      }
      try (Socket probe = new Socket()) {
        probe.connect(address(), 500);
        return;
      } catch (IOException e) {
        continue; // not listening yet
      }
    }
    throw new IOException("--self: the proxy did not listen within " + START.toSeconds() + " s");
  }

  private static String lastLine(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return lines.isEmpty() ? "it wrote nothing" : lines.getLast();
  }

  private static Target target() {
    Target plain = Target.at(address(), Profile.HBONE);
    return new Target(
        "marrow-ztunnel",
        "0.1.0",
        plain.address(),
        Profile.HBONE,
        plain.applicationHost(),
        plain.identity(),
        Optional.of("spiffe://cluster.local/ns/default/sa/application"),
        plain.foreignAuthority(),
        plain.patience(),
        Map.of(),
        DEVIATIONS);
  }

  private record Started(Process process, Path folder, Target target) implements Running {
    @Override
    public void close() {
      process.destroy();
      try {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
      try (Stream<Path> all = Files.walk(folder)) {
        all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      } catch (IOException e) {
        System.err.println(folder + ": not removed: " + e.getMessage());
      }
    }
  }
}
