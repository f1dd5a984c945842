package dev.marrow.nodeagent.redirect;

import dev.marrow.nodeagent.plan.Redirection;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Input for {@code iptables-restore --noflush} of one address family. Pure. Rules are in chains of
 * our own, under Istio's names, which are emptied and filled; only the jumps to them are in chains
 * of others, and are added if {@code iptables-save} does not show them.
 */
final class IptablesText {
  static final String PRERT = "ISTIO_PRERT";
  static final String OUTPUT = "ISTIO_OUTPUT";
  static final String POSTRT = "ISTIO_POSTRT";

  private static final String OURS = "-m mark --mark 0x539/0xfff";
  private static final String NOT_OURS = "-m mark ! --mark 0x539/0xfff";
  private static final String BEGINS = "-p tcp --syn";

  private final String away;
  private final String probe;

  private IptablesText(String loopback, InetAddress probe) {
    this.away = "! -d " + loopback;
    this.probe = probe.getHostAddress();
  }

  static IptablesText v4(ProbeSource probes) {
    return new IptablesText("127.0.0.1/32", probes.v4());
  }

  static IptablesText v6(ProbeSource probes) {
    return new IptablesText("::1/128", probes.v6());
  }

  /** The tables with our chains in each. */
  private static Map<String, List<String>> chains() {
    var chains = new LinkedHashMap<String, List<String>>();
    chains.put("raw", List.of(PRERT, OUTPUT));
    chains.put("mangle", List.of(PRERT, OUTPUT));
    chains.put("nat", List.of(PRERT, OUTPUT));
    chains.put("filter", List.of(OUTPUT));
    return chains;
  }

  String redirect(Redirection redirection, String saved) {
    var text = new StringBuilder();
    chains()
        .forEach((table, chains) -> {
          text.append('*').append(table).append('\n');
          chains.forEach(chain -> text.append(':').append(chain).append(" - [0:0]\n"));
          chains.forEach(chain -> jump(text, table, chain, saved));
          rules(table, redirection).forEach(rule -> text.append(rule).append('\n'));
          text.append("COMMIT\n");
        });
    return text.toString();
  }

  /** Empties what keeps connections in; the jumps to the nat chains keep that table in use. */
  static String release() {
    return "*nat\n:%s - [0:0]\n:%s - [0:0]\nCOMMIT\n*filter\n:%s - [0:0]\nCOMMIT\n"
        .formatted(PRERT, OUTPUT, OUTPUT);
  }

  static boolean redirecting(String saved) {
    return saved.lines().anyMatch(l -> l.startsWith("-A " + OUTPUT) && l.contains("REDIRECT"));
  }

  /** Takes away what {@code saved} shows of ours. */
  static String remove(String saved, Map<String, List<String>> tables) {
    var text = new StringBuilder();
    tables.forEach((table, chains) -> {
      String section = section(saved, table);
      List<String> present =
          chains.stream().filter(c -> section.contains("\n:" + c + " ")).toList();
      if (present.isEmpty()) {
        return;
      }
      text.append('*').append(table).append('\n');
      for (String chain : present) {
        if (section.contains("\n-A " + jump(chain) + "\n")) {
          text.append("-D ").append(jump(chain)).append('\n');
        }
        text.append("-F ").append(chain).append("\n-X ").append(chain).append('\n');
      }
      text.append("COMMIT\n");
    });
    return text.toString();
  }

  static String removeRedirects(String saved) {
    return remove(saved, chains());
  }

  static String removeProbes(String saved) {
    return remove(saved, Map.of("nat", List.of(POSTRT)));
  }

  /** One rule per pod: ipset would need one more tool on the node. */
  String markProbes(Collection<InetAddress> pods, String saved) {
    var text = new StringBuilder("*nat\n:" + POSTRT + " - [0:0]\n");
    jump(text, "nat", POSTRT, saved);
    boolean v4 = away.contains("127.");
    pods.stream()
        .filter(pod -> (pod instanceof Inet4Address) == v4)
        .map(InetAddress::getHostAddress)
        .distinct()
        .sorted()
        .forEach(pod ->
            text.append(
                "-A %s -d %s -p tcp -m owner --socket-exists -j SNAT --to-source %s\n"
                    .formatted(POSTRT, pod, probe)));
    return text.append("COMMIT\n").toString();
  }

  private static void jump(StringBuilder text, String table, String chain, String saved) {
    if (!section(saved, table).contains("\n-A " + jump(chain) + "\n")) {
      text.append("-A ").append(jump(chain)).append('\n');
    }
  }

  private static String jump(String chain) {
    return switch (chain) {
      case PRERT -> "PREROUTING -j " + chain;
      case OUTPUT -> "OUTPUT -j " + chain;
      default -> "POSTROUTING -j " + chain;
    };
  }

  /** The part of iptables-save's output about one table, beginning and ending with a newline. */
  private static String section(String saved, String table) {
    int start = saved.indexOf("*" + table + "\n");
    if (start < 0) {
      return "";
    }
    int end = saved.indexOf("COMMIT\n", start);
    return "\n" + saved.substring(start, end < 0 ? saved.length() : end);
  }

  private List<String> rules(String table, Redirection redirection) {
    return switch (table) {
      case "raw" -> zones(redirection);
      case "mangle" ->
          List.of(
              // A port used again while an entry of ours lingers: replies have to leave the pod.
              add(
                  PRERT,
                  "! -i lo",
                  BEGINS,
                  NOT_OURS,
                  "-m connmark --mark 0x111/0xfff -j CONNMARK --set-xmark 0x0/0xfff"),
              add(PRERT, OURS, "-j CONNMARK --set-xmark 0x111/0xfff"),
              add(OUTPUT, "-m connmark --mark 0x111/0xfff -j MARK --set-xmark 0x111/0xfff"));
      case "filter" -> refusing();
      default -> nat(redirection);
    };
  }

  /** A port used again while an entry from before lingers: past the nat chains, in plaintext. */
  private List<String> refusing() {
    String past =
        "-m connmark ! --mark 0x111/0xfff"
            + " -m conntrack --ctstate ESTABLISHED -m conntrack ! --ctstate DNAT";
    return Stream.of(past, "-m conntrack --ctstate INVALID")
        .map(entry ->
            add(
                OUTPUT,
                "! -o lo ! -d " + probe,
                BEGINS,
                NOT_OURS,
                entry,
                "-j REJECT --reject-with tcp-reset"))
        .toList();
  }

  private static List<String> zones(Redirection redirection) {
    var rules = new ArrayList<String>();
    // Under a client's address, apart from the lingering entries of what the client itself dialled.
    rules.add(add(OUTPUT, "-o lo -p tcp", OURS, "-j CT --zone-orig 1"));
    if (redirection.dns()) {
      rules.add(add(PRERT, "-p udp --sport 53", NOT_OURS, "-j CT --zone 1"));
      rules.add(add(OUTPUT, "-p udp --dport 53", OURS, "-j CT --zone 1"));
    }
    return rules;
  }

  private List<String> nat(Redirection redirection) {
    var rules = new ArrayList<String>();
    for (String name : redirection.virtualInterfaces()) {
      rules.add(add(PRERT, "-i " + name, BEGINS, "-j REDIRECT --to-ports " + Ports.OUTBOUND));
      rules.add(add(PRERT, "-i " + name, "-p tcp -j RETURN"));
    }
    if (redirection.inbound()) {
      rules.add(add(PRERT, "-s " + probe, "-p tcp -j ACCEPT"));
      String port = "! --dport " + Ports.TUNNEL;
      String to = "-j REDIRECT --to-ports " + Ports.INBOUND;
      rules.add(add(PRERT, away, BEGINS, port, NOT_OURS, to));
    }
    rules.add(add(OUTPUT, "-d " + probe, "-p tcp -j ACCEPT"));
    if (redirection.dns()) {
      String to = "-j REDIRECT --to-ports " + Ports.DNS;
      rules.add(add(OUTPUT, "! -o lo -p udp --dport 53", NOT_OURS, to));
      rules.add(add(OUTPUT, away, BEGINS, "--dport 53", NOT_OURS, to));
    }
    rules.add(add(OUTPUT, "-p tcp -m mark --mark 0x111/0xfff -j ACCEPT"));
    rules.add(add(OUTPUT, away, "-o lo -j ACCEPT"));
    rules.add(add(OUTPUT, away, BEGINS, NOT_OURS, "-j REDIRECT --to-ports " + Ports.OUTBOUND));
    return rules;
  }

  private static String add(String chain, String... parts) {
    return "-A " + chain + " " + String.join(" ", parts);
  }
}
