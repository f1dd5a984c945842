package dev.marrow.nodeagent.redirect;

import dev.marrow.nodeagent.plan.Redirection;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Programs for {@code nft -f}; each is one transaction. Pure. */
final class NftablesText {
  static final String TABLE = "inet marrow";
  static final String PROBE_TABLE = "inet marrow-probes";

  private static final String OURS = "meta mark & 0xfff == 0x539";
  private static final String NOT_OURS = "meta mark & 0xfff != 0x539";
  private static final String BEGINS = "tcp flags & (fin|syn|rst|ack) == syn";
  private static final List<String> AWAY = List.of("ip daddr != 127.0.0.1", "ip6 daddr != ::1");

  // Numbers, because nft refuses some names of priorities in output chains.
  private static final String CHAINS =
      """
      add table inet marrow
      add chain inet marrow mangle_prerouting { type filter hook prerouting priority -150; }
      add chain inet marrow mangle_output { type route hook output priority -150; }
      add chain inet marrow nat_prerouting { type nat hook prerouting priority -100; }
      add chain inet marrow nat_output { type nat hook output priority -100; }
      add chain inet marrow filter_output { type filter hook output priority 0; }
      add chain inet marrow raw_prerouting { type filter hook prerouting priority -300; }
      add chain inet marrow raw_output { type filter hook output priority -300; }
      """;

  private final ProbeSource probes;

  NftablesText(ProbeSource probes) {
    this.probes = probes;
  }

  /** Empties our chains and fills them, whatever they held. */
  String redirect(Redirection redirection) {
    var text = new StringBuilder(CHAINS).append("flush table inet marrow\n");
    marks(text);
    apart(text);
    if (redirection.dns()) {
      rule(text, "raw_prerouting", "udp sport 53", NOT_OURS, "ct zone set 1");
      rule(text, "raw_output", "udp dport 53", OURS, "ct zone set 1");
    }
    incoming(text, redirection);
    outgoing(text, redirection);
    refusing(text);
    return text.toString();
  }

  /** Marks and routes of open connections stay; so do the empty nat chains. */
  String release() {
    return CHAINS
        + "flush chain inet marrow nat_prerouting\n"
        + "flush chain inet marrow nat_output\n"
        + "flush chain inet marrow filter_output\n";
  }

  /** Deleting what was just added never fails, also when there was nothing. */
  static String remove(String table) {
    return "add table %s\ndelete table %s\n".formatted(table, table);
  }

  private static void marks(StringBuilder text) {
    // A client may use a port again while the entry of a connection that the proxy made in its name
    // still lingers. Its replies have to leave the pod, so the entry loses the mark.
    String lingering = "ct mark & 0xfff == 0x111";
    String forget = "ct mark set ct mark and 0xfffff000";
    rule(text, "mangle_prerouting", "iifname != \"lo\"", NOT_OURS, BEGINS, lingering, forget);
    rule(text, "mangle_prerouting", OURS, "ct mark set ct mark and 0xfffff000 or 0x111");
    String replies = "ct mark & 0xfff == 0x111";
    rule(text, "mangle_output", replies, "meta mark set meta mark and 0xfffff000 or 0x111");
  }

  /**
   * What the proxy dials under a client's address has a zone of its own, on its way there: else a
   * port of a connection from that client which the proxy has just reset would find the lingering
   * entry, and be redirected as that one was.
   */
  private static void apart(StringBuilder text) {
    rule(text, "raw_output", "oifname \"lo\" meta l4proto tcp", OURS, "ct original zone set 1");
  }

  private void incoming(StringBuilder text, Redirection redirection) {
    for (String name : redirection.virtualInterfaces()) {
      String from = "iifname \"" + name + "\"";
      rule(text, "nat_prerouting", from, BEGINS, "redirect to :" + Ports.OUTBOUND);
      rule(text, "nat_prerouting", from, "meta l4proto tcp return");
    }
    if (!redirection.inbound()) {
      return;
    }
    rule(text, "nat_prerouting", "ip saddr", v4(), "meta l4proto tcp accept");
    rule(text, "nat_prerouting", "ip6 saddr", v6(), "meta l4proto tcp accept");
    for (String away : AWAY) {
      String match = "tcp dport != " + Ports.TUNNEL;
      rule(text, "nat_prerouting", away, match, NOT_OURS, BEGINS, "redirect to :" + Ports.INBOUND);
    }
  }

  private void outgoing(StringBuilder text, Redirection redirection) {
    rule(text, "nat_output", "ip daddr", v4(), "meta l4proto tcp accept");
    rule(text, "nat_output", "ip6 daddr", v6(), "meta l4proto tcp accept");
    if (redirection.dns()) {
      String dns = "redirect to :" + Ports.DNS;
      rule(text, "nat_output", "oifname != \"lo\" udp dport 53", NOT_OURS, dns);
      for (String away : AWAY) {
        rule(text, "nat_output", away, "tcp dport 53", NOT_OURS, BEGINS, dns);
      }
    }
    rule(text, "nat_output", "meta l4proto tcp meta mark & 0xfff == 0x111 accept");
    for (String away : AWAY) {
      rule(text, "nat_output", "oifname \"lo\"", away, "accept");
    }
    for (String away : AWAY) {
      rule(text, "nat_output", away, NOT_OURS, BEGINS, "redirect to :" + Ports.OUTBOUND);
    }
  }

  /**
   * A connection from outside of the mesh that never ended in order leaves an entry for up to two
   * minutes. If its port is used again meanwhile, the kernel lets the SYN pass by the nat chains:
   * it would leave in plaintext. Refused, the app takes another port.
   */
  private void refusing(StringBuilder text) {
    String past = "ct state established ct status & dnat == 0 ct mark & 0xfff != 0x111";
    for (String other : List.of("ip daddr != " + v4(), "ip6 daddr != " + v6())) {
      for (String entry : List.of(past, "ct state invalid")) {
        rule(
            text,
            "filter_output",
            "oifname != \"lo\"",
            other,
            NOT_OURS,
            BEGINS,
            entry,
            "reject with tcp reset");
      }
    }
  }

  /** A connection of a socket on this node to a pod of ours comes from the probe address. */
  String markProbes(Collection<InetAddress> pods) {
    var text = new StringBuilder();
    text.append("add table inet marrow-probes\n");
    text.append("add set inet marrow-probes v4 { type ipv4_addr; }\n");
    text.append("add set inet marrow-probes v6 { type ipv6_addr; }\n");
    text.append("add chain inet marrow-probes postrouting ");
    text.append("{ type nat hook postrouting priority 100; }\n");
    text.append("flush table inet marrow-probes\n");
    text.append("flush set inet marrow-probes v4\nflush set inet marrow-probes v6\n");
    elements(text, "v4", pods, 4);
    elements(text, "v6", pods, 16);
    // Only packets of a local socket have an owner; what the node forwards has none.
    String local = "add rule inet marrow-probes postrouting meta l4proto tcp meta skuid >= 0 ";
    text.append(local).append("ip daddr @v4 snat ip to ").append(v4()).append('\n');
    text.append(local).append("ip6 daddr @v6 snat ip6 to ").append(v6()).append('\n');
    return text.toString();
  }

  private static void elements(
      StringBuilder text, String set, Collection<InetAddress> pods, int bytes) {
    String list =
        pods.stream()
            .filter(address -> address.getAddress().length == bytes)
            .map(InetAddress::getHostAddress)
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    if (!list.isEmpty()) {
      text.append("add element inet marrow-probes %s { %s }\n".formatted(set, list));
    }
  }

  private String v4() {
    return probes.v4().getHostAddress();
  }

  private String v6() {
    return probes.v6().getHostAddress();
  }

  private static void rule(StringBuilder text, String chain, String... parts) {
    text.append("add rule inet marrow ").append(chain).append(' ');
    text.append(String.join(" ", parts)).append('\n');
  }
}
