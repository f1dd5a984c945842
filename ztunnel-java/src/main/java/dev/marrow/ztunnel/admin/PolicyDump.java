package dev.marrow.ztunnel.admin;

import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.policy.AccountMatch;
import dev.marrow.mesh.policy.Criterion;
import dev.marrow.mesh.policy.Match;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.policy.PolicyAction;
import dev.marrow.mesh.policy.StringMatch;
import dev.marrow.mesh.workload.Cidr;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Policies as {@code istioctl ztunnel-config policies} reads them. Pure. */
final class PolicyDump {
  private PolicyDump() {}

  static List<Object> policies(MeshView view) {
    return view.policies().stream()
        .sorted(Comparator.comparing(Policy::fullName))
        .map(PolicyDump::policy)
        .toList();
  }

  private static Object policy(Policy p) {
    var out = new LinkedHashMap<String, Object>();
    out.put("name", p.name());
    out.put("namespace", p.namespace());
    out.put(
        "scope",
        switch (p.scope()) {
          case GLOBAL -> "Global";
          case NAMESPACE -> "Namespace";
          case WORKLOAD_SELECTOR -> "WorkloadSelector";
        });
    out.put("action", p.action() == PolicyAction.ALLOW ? "Allow" : "Deny");
    out.put(
        "rules",
        p.rules().stream()
            .map(rule ->
                rule.clauses().stream()
                    .map(clause -> clause.matches().stream().map(PolicyDump::match).toList())
                    .toList())
            .toList());
    out.put("dryRun", p.dryRun());
    return out;
  }

  private static Object match(Match m) {
    var out = new LinkedHashMap<String, Object>();
    put(out, "namespaces", "notNamespaces", m.namespaces(), PolicyDump::text);
    put(out, "principals", "notPrincipals", m.principals(), PolicyDump::text);
    put(out, "sourceIps", "notSourceIps", m.sources(), Cidr::toString);
    put(out, "destinationIps", "notDestinationIps", m.destinations(), Cidr::toString);
    put(out, "destinationPorts", "notDestinationPorts", m.ports(), p -> p);
    put(out, "serviceAccounts", "notServiceAccounts", m.accounts(), PolicyDump::account);
    return out;
  }

  private static <T> void put(
      Map<String, Object> out,
      String name,
      String negated,
      Criterion<T> criterion,
      Function<T, Object> shown) {
    if (!criterion.any().isEmpty()) {
      out.put(name, criterion.any().stream().map(shown).toList());
    }
    if (!criterion.none().isEmpty()) {
      out.put(negated, criterion.none().stream().map(shown).toList());
    }
  }

  private static Object account(AccountMatch account) {
    return Map.of("namespace", account.namespace(), "serviceAccount", account.serviceAccount());
  }

  private static Object text(StringMatch match) {
    return switch (match) {
      case StringMatch.Exact(String value) -> Map.of("Exact", value);
      case StringMatch.Prefix(String value) -> Map.of("Prefix", value);
      case StringMatch.Suffix(String value) -> Map.of("Suffix", value);
      case StringMatch.Present() -> Map.of("Presence", List.of());
    };
  }
}
