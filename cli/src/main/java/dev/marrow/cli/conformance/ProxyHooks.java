package dev.marrow.cli.conformance;

import dev.marrow.conformance.run.Hook;
import dev.marrow.conformance.run.Hooks;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the kit may do to our node proxy: everything. Used by one thread. */
final class ProxyHooks {
  private static final int SOCKS = 15080;
  private static final int DIAL_MILLIS = 2_000;

  private final OwnFolder folder;
  private final OwnMesh mesh;
  private final OwnProcess process;

  private ProxyHooks(OwnFolder folder, OwnMesh mesh, OwnProcess process) {
    this.folder = folder;
    this.mesh = mesh;
    this.process = process;
  }

  /** {@code isolated}: this process is in a network namespace of its own. */
  static Hooks of(OwnFolder folder, OwnMesh mesh, OwnProcess process, boolean isolated) {
    ProxyHooks own = new ProxyHooks(folder, mesh, process);
    Map<String, Hook> hooks = new HashMap<>();
    hooks.put("policy", own::policy);
    hooks.put("outbound", own::outbound);
    hooks.put("crl", own::crl);
    hooks.put("authority", own::authority);
    hooks.put("roots", own::roots);
    hooks.put("rotate", own::rotate);
    hooks.put("restart", own::restart);
    hooks.put("metrics", _ -> mesh.metrics());
    hooks.put("log", _ -> process.log());
    hooks.put("pid", _ -> String.valueOf(process.pid()));
    if (isolated) {
      hooks.put("vanish", OwnNamespace::vanish);
    }
    return new Hooks(hooks);
  }

  private static String value(Map<String, String> environment, String name) throws IOException {
    String value = environment.get(name);
    if (value == null) {
      throw new IOException(name + ": missing");
    }
    return value;
  }

  private String policy(Map<String, String> environment) throws IOException {
    Path files = Path.of(value(environment, "KIT_POLICIES"));
    mesh.policies(
        Files.readString(files.resolve("local.yaml")), value(environment, "KIT_GENERATION"));
    return "";
  }

  /** Through SOCKS, to an address behind the kit as its waypoint. */
  private String outbound(Map<String, String> environment) throws IOException {
    String address = value(environment, "KIT_ADDRESS");
    String identity = value(environment, "KIT_IDENTITY");
    int colon = address.lastIndexOf(':');
    mesh.kit(
        address.substring(0, colon),
        Integer.parseInt(address.substring(colon + 1)),
        identity.substring(identity.lastIndexOf('/') + 1));
    byte[] bytes = value(environment, "KIT_BYTES").getBytes(StandardCharsets.US_ASCII);
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), SOCKS), DIAL_MILLIS);
      socket.setSoTimeout(DIAL_MILLIS);
      OutputStream out = socket.getOutputStream();
      out.write(new byte[] {5, 1, 0});
      socket.getInputStream().readNBytes(2);
      out.write(new byte[] {5, 1, 0, 1, 127, 0, 1, 1, 0, 80});
      out.write(bytes);
      socket.getInputStream().readNBytes(10 + bytes.length);
    } catch (SocketTimeoutException | SocketException e) {
      return "no answer"; // as it may be: the kit is not always a good server
    }
    return "";
  }

  private String crl(Map<String, String> environment) throws IOException {
    folder.write("crl.pem", Files.readString(Path.of(value(environment, "KIT_CRL"))));
    return "";
  }

  private String authority(Map<String, String> environment) throws IOException {
    Path key = folder.file("root.key");
    Path away = folder.file("root.key.away");
    boolean down = value(environment, "KIT_AUTHORITY").equals("down");
    if (down && Files.exists(key)) {
      Files.move(key, away);
    } else if (!down && Files.exists(away)) {
      Files.move(away, key);
    }
    return "";
  }

  // The test authority signs with the first root of its file and trusts all of them.
  private String roots(Map<String, String> environment) throws IOException {
    String all = Files.readString(Path.of(value(environment, "KIT_ROOTS")));
    List<String> blocks = List.of(all.split("(?<=-----END CERTIFICATE-----\n)")).reversed();
    folder.write("root.key", Files.readString(Path.of(value(environment, "KIT_ROOT_KEY"))));
    folder.write("root.pem", String.join("", blocks));
    return "";
  }

  // Another text, the same certificates: the proxy asks for new leaves.
  private String rotate(Map<String, String> environment) throws IOException {
    folder.write("root.pem", Files.readString(folder.file("root.pem")) + "# again\n");
    return "";
  }

  private String restart(Map<String, String> environment) throws IOException, InterruptedException {
    process.restart();
    return "";
  }
}
