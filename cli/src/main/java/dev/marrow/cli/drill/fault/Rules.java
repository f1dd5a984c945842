package dev.marrow.cli.drill.fault;

import dev.marrow.cli.drill.DrillMesh;
import dev.marrow.cli.local.network.Names;
import dev.marrow.cli.local.network.Shell;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Packet rules in one network namespace: what is dropped, refused or counted. They go with {@link
 * #close}. Thread-safe.
 */
public final class Rules implements AutoCloseable {
  private static final AtomicInteger NEXT = new AtomicInteger();
  private static final Pattern PACKETS = Pattern.compile("packets ([0-9]+)");

  private final String namespace;
  private final String table;

  private Rules(String namespace, String table) {
    this.namespace = namespace;
    this.table = table;
  }

  /** Puts chains, in the words of nft, into a table of their own. */
  public static Rules put(String namespace, String chains) throws IOException {
    String table = "drill" + NEXT.incrementAndGet();
    Shell.rules(namespace, "table inet " + table + " {\n" + chains + "\n}\n");
    return new Rules(namespace, table);
  }

  /** Drops what a node forwards, as far as {@code match} says. */
  public static Rules drop(DrillMesh mesh, int node, String match) throws IOException {
    return put(
        mesh.names().node(node),
        "chain forward { type filter hook forward priority -50; policy accept; %s drop; }"
            .formatted(match));
  }

  /**
   * Breaks the connections of the control plane, and answers new ones with a reset. It is killed: a
   * client that only listens would not notice rules. Its successor waits behind them.
   */
  public static Rules refuseControlPlane(DrillMesh mesh) throws IOException {
    Rules rules = resetControlPlane(mesh);
    mesh.signal("control-plane", "KILL");
    return rules;
  }

  /** Answers whoever sends to the control plane with a reset. */
  public static Rules resetControlPlane(DrillMesh mesh) throws IOException {
    return put(
        mesh.names().controlPlane(),
        """
        counter refused {}
        chain input { type filter hook input priority -50; policy accept;
          tcp dport 15012 counter name refused reject with tcp reset; }
        """);
  }

  /** Counts packets of apps that leave a node as the app wrote them, outside of a tunnel. */
  public static Rules countPlaintext(DrillMesh mesh, int node) throws IOException {
    return put(
        mesh.names().node(node),
        """
        counter plain {}
        chain forward { type filter hook forward priority -50; policy accept;
          ip saddr 198.18.0.0/16 ip daddr 198.18.0.0/16 tcp dport 9000-9002 counter name plain; }
        """);
  }

  /** The packets of a counter of these rules. */
  public long packets(String counter) throws IOException {
    String text =
        Shell.execute(
                List.of(
                    "nsenter",
                    "--net=" + Names.path(namespace),
                    "nft",
                    "list",
                    "counter",
                    "inet",
                    table,
                    counter),
                "")
            .output();
    Matcher packets = PACKETS.matcher(text);
    if (!packets.find()) throw new IOException("counter " + counter + ": " + text.strip());
    return Long.parseLong(packets.group(1));
  }

  @Override
  public void close() throws IOException {
    Shell.rules(namespace, "delete table inet " + table + "\n");
  }
}
