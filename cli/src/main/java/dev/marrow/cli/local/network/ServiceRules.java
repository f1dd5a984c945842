package dev.marrow.cli.local.network;

import dev.marrow.cli.local.plan.Addresses;
import dev.marrow.cli.local.plan.PlannedPod;
import dev.marrow.cli.local.plan.PlannedService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.Function;

/**
 * The rules of a node that turn a service's address into that of one of its ready pods, as
 * kube-proxy does: one random choice per connection. Pure text for {@code nft -f}; the table is
 * replaced in one transaction.
 */
public final class ServiceRules {
  private final List<String> v4Services = new ArrayList<>();
  private final List<String> v6Services = new ArrayList<>();
  private final StringBuilder chains = new StringBuilder();
  private final List<String> v4Own = new ArrayList<>();
  private final List<String> v6Own = new ArrayList<>();
  private int count;

  private ServiceRules() {}

  public static String text(List<Endpoints> services, List<PlannedPod> pods) {
    ServiceRules rules = new ServiceRules();
    for (Endpoints endpoints : services) {
      for (PlannedService.Port port : endpoints.service().ports()) rules.add(endpoints, port);
    }
    for (PlannedPod pod : pods) {
      rules.v4Own.add(pod.seat().v4() + " . " + pod.seat().v4());
      rules.v6Own.add(pod.seat().v6() + " . " + pod.seat().v6());
    }
    return rules.table();
  }

  private void add(Endpoints endpoints, PlannedService.Port port) {
    String protocol = port.protocol().toLowerCase(Locale.ROOT);
    for (String address : endpoints.service().addresses()) {
      boolean v6 = address.contains(":");
      List<String> targets =
          targets(endpoints, port, v6 ? pod -> pod.seat().v6() : pod -> pod.seat().v4());
      if (targets.isEmpty()) continue;
      String chain = "service-" + count++;
      (v6 ? v6Services : v4Services)
          .add(address + " . " + protocol + " . " + port.port() + " : goto " + chain);
      StringJoiner choices = new StringJoiner(", ", "{ ", " }");
      for (int n = 0; n < targets.size(); n++) choices.add(n + " : " + targets.get(n));
      chains.append(
          """
            chain %s { # %s/%s
              meta l4proto %s dnat %s to numgen random mod %d map %s
            }
          """
              .formatted(
                  chain,
                  endpoints.service().namespace(),
                  endpoints.service().name(),
                  protocol,
                  v6 ? "ip6" : "ip",
                  targets.size(),
                  choices));
    }
  }

  private static List<String> targets(
      Endpoints endpoints, PlannedService.Port port, Function<PlannedPod, String> address) {
    return endpoints.ready().stream()
        .flatMap(
            pod -> port.targetAt(pod).map(target -> address.apply(pod) + " . " + target).stream())
        .toList();
  }

  private String table() {
    return """
    table inet marrow
    delete table inet marrow
    table inet marrow {
    %s  chain services {
    %s%s  }
      chain prerouting {
        type nat hook prerouting priority dstnat; policy accept;
        jump services
      }
      chain output {
        type nat hook output priority -100; policy accept;
        jump services
      }
      chain postrouting {
        type nat hook postrouting priority srcnat; policy accept;
        # A pod that reaches itself through a service would drop packets from its own address.
    %s%s  }
      chain forward {
        type filter hook forward priority filter; policy accept;
        ip daddr %s accept
        # Nobody is ready to serve these: say so at once.
        ip daddr %s reject
        ip6 daddr %s reject
      }
    }
    """
        .formatted(
            chains,
            map("ip", v4Services),
            map("ip6", v6Services),
            own("ip", v4Own),
            own("ip6", v6Own),
            Addresses.DNS,
            Addresses.SERVICES,
            Addresses.SERVICES_V6);
  }

  private static String map(String family, List<String> services) {
    if (services.isEmpty()) return "";
    return "    %s daddr . meta l4proto . th dport vmap { %s }\n"
        .formatted(family, String.join(", ", services));
  }

  private static String own(String family, List<String> pairs) {
    if (pairs.isEmpty()) return "";
    return "    %s saddr . %s daddr { %s } masquerade\n"
        .formatted(family, family, String.join(", ", pairs));
  }
}
