package dev.marrow.ztunnel.dns;

import dev.marrow.mesh.workload.IpText;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The name servers and search domains of a {@code resolv.conf}. */
public record Upstreams(List<InetSocketAddress> servers, List<String> searchDomains) {
  private static final int DNS_PORT = 53;

  public Upstreams {
    servers = List.copyOf(servers);
    searchDomains = List.copyOf(searchDomains);
  }

  /** Reads a file; one that is missing names nobody. */
  public static Upstreams read(Path resolvConf) {
    try {
      return parse(Files.readAllLines(resolvConf));
    } catch (IOException e) {
      return new Upstreams(List.of(), List.of());
    }
  }

  static Upstreams parse(List<String> lines) {
    var servers = new ArrayList<InetSocketAddress>();
    List<String> search = List.of();
    for (String line : lines) {
      String[] words = line.strip().split("\\s+");
      if (words[0].equals("nameserver") && words.length > 1) {
        add(servers, words[1]);
      } else if (words[0].equals("search")) {
        search = List.of(words).subList(1, words.length);
      }
    }
    return new Upstreams(servers, search);
  }

  private static void add(List<InetSocketAddress> servers, String address) {
    try {
      servers.add(new InetSocketAddress(IpText.parse(address), DNS_PORT));
    } catch (IllegalArgumentException e) {
      // A scoped or mistyped address cannot be asked; the next server can.
    }
  }
}
