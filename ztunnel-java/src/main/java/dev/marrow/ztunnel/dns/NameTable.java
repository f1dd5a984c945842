package dev.marrow.ztunnel.dns;

import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.Endpoint;
import dev.marrow.mesh.workload.IpFamilies;
import dev.marrow.mesh.workload.NetworkAddress;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.Workload;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Answers names from a view of the mesh. Pure, but for the order of addresses.
 *
 * <p>A name is tried as it is, as a short Kubernetes name, after taking off a search domain, and
 * through wildcards from specific to general. A service without addresses is headless if it lies in
 * the cluster's domain: then its endpoints' addresses are the answer.
 */
final class NameTable {
  private static final int MAX_SHORT_LABELS = 4;
  private static final String WILDCARD = "*.";

  private final String clusterDomain;
  private final String preferredNamespace;
  private final RandomGenerator random;

  NameTable(String clusterDomain, String preferredNamespace, RandomGenerator random) {
    this.clusterDomain = clusterDomain;
    this.preferredNamespace = preferredNamespace;
    this.random = random;
  }

  /** One spelling of what was asked for; {@code stripped} if a search domain was taken off. */
  private record Candidate(String hostname, boolean stripped) {}

  Answer answer(MeshView view, Client client, String name, int type) {
    if (type != Question.A && type != Question.AAAA || name.isEmpty()) {
      return new Answer.Forward();
    }
    for (Candidate candidate : candidates(name, client)) {
      Optional<Answer> found = lookup(view, client, candidate, type);
      if (found.isPresent()) {
        return found.get();
      }
    }
    return new Answer.Forward();
  }

  private Optional<Answer> lookup(MeshView view, Client client, Candidate candidate, int type) {
    List<Service> services =
        view.servicesByHostname(candidate.hostname(), client.namespace(), preferredNamespace);
    boolean alias = candidate.stripped() && !candidate.hostname().startsWith(WILDCARD);
    for (Service service : services) {
      Optional<List<InetAddress>> addresses = addresses(view, client, service);
      if (addresses.isPresent()) {
        return Optional.of(
            new Answer.Own(
                alias ? candidate.hostname() : "", chosen(addresses.get(), service, type)));
      }
    }
    return services.isEmpty() ? workload(view, candidate, type, alias) : Optional.empty();
  }

  private Optional<Answer> workload(MeshView view, Candidate candidate, int type, boolean alias) {
    return view.workloadByHostname(candidate.hostname())
        .filter(w -> !w.addresses().isEmpty())
        .map(w ->
            new Answer.Own(
                alias ? candidate.hostname() : "",
                w.addresses().stream().filter(ip -> ofType(ip, type)).toList()));
  }

  /** The addresses of a service, or empty if this service cannot be answered from here. */
  private Optional<List<InetAddress>> addresses(MeshView view, Client client, Service service) {
    if (service.vips().isEmpty()) {
      boolean headless = service.hostname().endsWith(".svc." + clusterDomain);
      return headless ? Optional.of(endpoints(view, client, service)) : Optional.empty();
    }
    return Optional.of(
        service.vips().stream()
            .filter(vip -> vip.network().equals(client.network()))
            .map(NetworkAddress::address)
            .toList());
  }

  private static List<InetAddress> endpoints(MeshView view, Client client, Service service) {
    var found = new LinkedHashSet<InetAddress>();
    for (Endpoint endpoint : view.endpoints(service)) {
      Workload workload = endpoint.workload();
      if (workload.network().equals(client.network())) {
        addOfEachFamily(found, workload);
      }
    }
    return List.copyOf(found);
  }

  /** One address per workload and family. */
  private static void addOfEachFamily(Set<InetAddress> found, Workload workload) {
    for (boolean v4 : new boolean[] {true, false}) {
      workload.addresses().stream()
          .filter(ip -> ip instanceof Inet4Address == v4)
          .findFirst()
          .ifPresent(found::add);
    }
  }

  private List<InetAddress> chosen(List<InetAddress> addresses, Service service, int type) {
    var matching = new ArrayList<InetAddress>();
    for (InetAddress address : addresses) {
      if (ofType(address, type) && allowed(service.ipFamilies(), type)) {
        matching.add(address);
      }
    }
    Collections.shuffle(matching, java.util.Random.from(random));
    return matching;
  }

  private static boolean ofType(InetAddress address, int type) {
    return address instanceof Inet4Address == (type == Question.A);
  }

  private static boolean allowed(IpFamilies families, int type) {
    return switch (families) {
      case AUTOMATIC, DUAL -> true;
      case IPV4_ONLY -> type == Question.A;
      case IPV6_ONLY -> type == Question.AAAA;
    };
  }

  private List<Candidate> candidates(String name, Client client) {
    var found = new LinkedHashSet<Candidate>();
    expand(found, name, client, false);
    for (String domain : client.searchDomains()) {
      if (name.endsWith("." + domain)) {
        expand(found, name.substring(0, name.length() - domain.length() - 1), client, true);
      }
    }
    wildcards(found, name, false);
    for (String domain : client.searchDomains()) {
      if (name.endsWith("." + domain)) {
        wildcards(found, name.substring(0, name.length() - domain.length() - 1), true);
      }
    }
    return List.copyOf(found);
  }

  /** The name itself, and what Kubernetes means by one of at most four labels. */
  private void expand(Set<Candidate> found, String name, Client client, boolean stripped) {
    found.add(new Candidate(name, stripped));
    String[] labels = name.split("\\.", -1);
    if (labels.length > MAX_SHORT_LABELS) {
      return;
    }
    switch (labels.length) {
      case 1 -> found.add(in(name + "." + client.namespace() + ".svc", stripped));
      case 2 -> found.add(in(name + ".svc", stripped));
      case 3 -> {
        if (labels[2].equals("svc")) {
          found.add(in(name, stripped));
        }
      }
      default -> {
        // Four labels: service.namespace.svc.domain of a one-label domain is the name itself.
      }
    }
  }

  private Candidate in(String name, boolean stripped) {
    return new Candidate(name + "." + clusterDomain, stripped);
  }

  private static void wildcards(Set<Candidate> found, String name, boolean stripped) {
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      found.add(new Candidate(WILDCARD + name.substring(dot + 1), stripped));
    }
  }
}
