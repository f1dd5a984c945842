package dev.marrow.cli.local;

import dev.marrow.cli.local.network.Names;
import dev.marrow.cli.local.plan.Addresses;
import dev.marrow.cli.local.state.Request;
import dev.marrow.cli.local.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What all parts of one mesh share: its request, its folder and its names. Immutable. */
public record MeshContext(Request request, StateDirectory state, Names names) {
  static final String TRUST_DOMAIN = "cluster.local";
  static final String CLUSTER_DOMAIN = "cluster.local";
  static final String CONTROL_PLANE = "https://control-plane.marrow-system.svc:15012";

  static MeshContext open(StateDirectory state) throws IOException {
    Request request = Request.read(state);
    return new MeshContext(request, state, new Names(request.prefix()));
  }

  /** Whether the distribution has a program; a part that is not built is left out. */
  boolean has(String program) {
    return Files.exists(request.home().resolve(program + ".argfile"));
  }

  Path program() {
    return request.home().resolve("bin/marrow");
  }

  /** The environment of every process. */
  Map<String, String> environment(String hostname) {
    Map<String, String> environment = new TreeMap<>();
    environment.put(
        "PATH",
        request.home().resolve("bin")
            + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    environment.put("HOME", "/root");
    environment.put("HOSTNAME", hostname);
    environment.put("LANG", "C.UTF-8");
    return environment;
  }

  /** Makes the folder of a process with the files that name things for it. */
  Path folder(String name, String hostname, String v4, String v6, String namespace)
      throws IOException {
    Path folder = Files.createDirectories(state.pods().resolve(name));
    String hosts =
        """
        127.0.0.1 localhost
        ::1 localhost ip6-localhost ip6-loopback
        %s %s
        %s %s
        %s control-plane.marrow-system.svc istiod.istio-system.svc
        """
            .formatted(v4, hostname, v6, hostname, Addresses.CONTROL_PLANE);
    String search = namespace.isEmpty() ? "" : namespace + ".svc." + CLUSTER_DOMAIN + " ";
    String resolver =
        """
        nameserver %s
        search %ssvc.%s %s
        options ndots:5 timeout:2 attempts:3
        """
            .formatted(Addresses.DNS, search, CLUSTER_DOMAIN, CLUSTER_DOMAIN);
    // Written in place: a process that lives has these very files mounted.
    Files.writeString(folder.resolve("hosts"), hosts);
    Files.writeString(folder.resolve("resolv.conf"), resolver);
    return folder;
  }
}
