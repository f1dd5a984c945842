package dev.marrow.mesh;

import dev.marrow.mesh.policy.AccountMatch;
import dev.marrow.mesh.policy.Clause;
import dev.marrow.mesh.policy.Criterion;
import dev.marrow.mesh.policy.Match;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.policy.PolicyAction;
import dev.marrow.mesh.policy.PolicyScope;
import dev.marrow.mesh.policy.Rule;
import dev.marrow.mesh.policy.StringMatch;
import dev.marrow.mesh.workload.AppProtocol;
import dev.marrow.mesh.workload.Cidr;
import dev.marrow.mesh.workload.IpText;
import dev.marrow.mesh.workload.Ports;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.ServicePort;
import dev.marrow.mesh.workload.Workload;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A mesh for tests of any module, which changes when the test says so. Builders of its parts are
 * static. Thread-safe.
 */
public final class TestMesh extends PublishedMesh {
  /** Matches nothing until a criterion is set. */
  public static final Match NOTHING =
      new Match(
          Criterion.unset(),
          Criterion.unset(),
          Criterion.unset(),
          Criterion.unset(),
          Criterion.unset(),
          Criterion.unset());

  /** Starts empty. */
  public TestMesh() {
    super(MeshView.EMPTY);
  }

  /** An HBONE pod {@code Kubernetes//Pod/default/name}. */
  public static TestWorkload workload(String name) {
    return new TestWorkload(name);
  }

  /** A service by {@code namespace/hostname}. */
  public static TestService service(String key) {
    return new TestService(ServiceKey.parse(key));
  }

  /** A policy by {@code namespace/name}, of rules that each have one clause of one match. */
  public static Policy policy(
      String fullName, PolicyScope scope, PolicyAction action, Match... matches) {
    List<Rule> rules = new ArrayList<>();
    for (Match match : matches) {
      rules.add(new Rule(List.of(new Clause(List.of(match)))));
    }
    int slash = fullName.indexOf('/');
    return new Policy(
        fullName.substring(0, slash), fullName.substring(slash + 1), scope, action, rules, false);
  }

  /** Peers of exactly these principals, written without {@code spiffe://}. */
  public static Match principals(String... principals) {
    return new Match(
        Criterion.unset(),
        Criterion.any(exact(principals)),
        Criterion.unset(),
        Criterion.unset(),
        Criterion.unset(),
        Criterion.unset());
  }

  /** Peers without an identity: what STRICT mTLS denies. */
  public static Match anonymous() {
    return new Match(
        Criterion.unset(),
        Criterion.none(List.of(new StringMatch.Present())),
        Criterion.unset(),
        Criterion.unset(),
        Criterion.unset(),
        Criterion.unset());
  }

  /** Peers of exactly these namespaces. */
  public static Match namespaces(String... namespaces) {
    return new Match(
        Criterion.any(exact(namespaces)),
        Criterion.unset(),
        Criterion.unset(),
        Criterion.unset(),
        Criterion.unset(),
        Criterion.unset());
  }

  /** Connections from these blocks. */
  public static Match sources(String... blocks) {
    return new Match(
        Criterion.unset(),
        Criterion.unset(),
        Criterion.any(List.of(blocks).stream().map(Cidr::parse).toList()),
        Criterion.unset(),
        Criterion.unset(),
        Criterion.unset());
  }

  /** Connections to these application ports. */
  public static Match toPorts(Integer... ports) {
    return new Match(
        Criterion.unset(),
        Criterion.unset(),
        Criterion.unset(),
        Criterion.unset(),
        Criterion.any(List.of(ports)),
        Criterion.unset());
  }

  /** Peers of this service account. */
  public static Match account(String namespace, String serviceAccount) {
    return new Match(
        Criterion.unset(),
        Criterion.unset(),
        Criterion.unset(),
        Criterion.unset(),
        Criterion.unset(),
        Criterion.any(List.of(new AccountMatch(namespace, serviceAccount))));
  }

  /** Pairs of service and target ports. */
  public static Ports ports(int... pairs) {
    List<ServicePort> entries = new ArrayList<>();
    for (int i = 0; i < pairs.length; i += 2) {
      entries.add(new ServicePort(pairs[i], pairs[i + 1], AppProtocol.UNKNOWN));
    }
    return new Ports(entries);
  }

  public static InetAddress ip(String literal) {
    return IpText.parse(literal);
  }

  /** Adds or replaces. */
  public TestMesh put(Object... values) {
    List<Workload> workloads = new ArrayList<>();
    List<Service> services = new ArrayList<>();
    List<Policy> policies = new ArrayList<>();
    for (Object value : values) {
      switch (value) {
        case TestWorkload workload -> workloads.add(workload.build());
        case TestService service -> services.add(service.build());
        case Workload workload -> workloads.add(workload);
        case Service service -> services.add(service);
        case Policy policy -> policies.add(policy);
        default -> throw new IllegalArgumentException("not of a mesh: " + value);
      }
    }
    return apply(MeshDelta.of(workloads, services, policies));
  }

  /** Applies any delta and tells the listeners. */
  public synchronized TestMesh apply(MeshDelta delta) {
    advance(delta);
    return this;
  }

  private static List<StringMatch> exact(String... values) {
    List<StringMatch> matches = new ArrayList<>();
    for (String value : values) {
      matches.add(new StringMatch.Exact(value));
    }
    return matches;
  }
}
