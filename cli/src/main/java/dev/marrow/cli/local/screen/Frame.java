package dev.marrow.cli.local.screen;

import dev.marrow.cli.local.state.MeshState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One picture of the mesh, as lines that fit a terminal. Pure. */
public final class Frame {
  private static final String BOLD = "\u001b[1m";
  private static final String DIM = "\u001b[2m";
  private static final String PLAIN = "\u001b[0m";

  private Frame() {}

  /**
   * The picture.
   *
   * @param command how the user calls us
   */
  public static List<String> lines(
      MeshState mesh,
      Traffic traffic,
      List<String> refusals,
      int columns,
      int rows,
      String command) {
    List<String> lines = new ArrayList<>();
    long ready = mesh.pods().stream().filter(MeshState.Pod::ready).count();
    lines.add(
        style(BOLD, "marrow  ", columns)
            + "%s   %d nodes   %d/%d pods ready   %s"
                .formatted(
                    mesh.ready() ? "ready" : "not ready",
                    mesh.nodes(),
                    ready,
                    mesh.pods().size(),
                    mesh.config()));
    lines.add(style(DIM, rates(traffic), columns));
    lines.add("");
    lines.add(
        style(
            BOLD,
            "%-26s %-9s %-8s %-13s %s".formatted("POD", "MESH", "NODE", "ADDRESS", "IDENTITY"),
            columns));
    for (MeshState.Pod pod : mesh.pods()) lines.add(cut(pod(pod), columns));
    lines.add("");
    lines.add(
        style(
            BOLD,
            "%-26s %-26s %-13s %10s %12s".formatted("FROM", "TO", "CARRIED BY", "NEW/S", "KB/S"),
            columns));
    if (traffic.flows().isEmpty())
      lines.add(style(DIM, "(no traffic seen by a proxy yet)", columns));
    int room = Math.max(3, rows - lines.size() - refusals.size() - 5);
    traffic.flows().stream().limit(room).forEach(flow -> lines.add(cut(flow(flow), columns)));
    if (traffic.flows().size() > room)
      lines.add(style(DIM, "and " + (traffic.flows().size() - room) + " more", columns));
    if (!refusals.isEmpty()) {
      lines.add("");
      lines.add(style(BOLD, "LAST REFUSALS", columns));
      refusals.forEach(refusal -> lines.add(cut(refusal, columns)));
    }
    if (!mesh.waiting().isEmpty())
      lines.add(style(DIM, "waiting for " + String.join(", ", mesh.waiting()), columns));
    lines.add(
        style(
            DIM,
            "Ctrl-C stops the mesh. In another terminal: "
                + command
                + " label namespace shop istio.io/dataplane-mode-",
            columns));
    return lines;
  }

  /** A node proxy sees connections, a waypoint requests: each is counted where it is known. */
  private static String rates(Traffic traffic) {
    double requests =
        traffic.flows().stream()
            .filter(flow -> flow.tunnel().startsWith("waypoint"))
            .mapToDouble(Traffic.Flow::perSecond)
            .sum();
    double all = traffic.flows().stream().mapToDouble(Traffic.Flow::perSecond).sum();
    return String.format(
        Locale.ROOT,
        "new connections: %.1f/s, %.1f/s of them through HBONE; requests at waypoints: %.1f/s",
        all - requests,
        rate(traffic, "HBONE"),
        requests);
  }

  private static String pod(MeshState.Pod pod) {
    String state = pod.ready() ? mesh(pod) : pod.phase();
    return "%-26s %-9s %-8s %-13s %s"
        .formatted(
            pod.namespace() + "/" + pod.name(),
            state,
            pod.node(),
            pod.addresses().getFirst(),
            pod.identity());
  }

  private static String mesh(MeshState.Pod pod) {
    if (!pod.gateway().isEmpty()) return "waypoint";
    if (pod.ambient() != pod.enrolled()) return pod.ambient() ? "joining" : "leaving";
    return pod.enrolled() ? "ambient" : "-";
  }

  private static String flow(Traffic.Flow flow) {
    String failed = flow.failed() == 0 ? "" : "  " + flow.failed() + " failed";
    return "%-26s %-26s %-13s %10.1f %12.1f%s"
        .formatted(
            flow.source(),
            flow.destination(),
            flow.tunnel(),
            flow.perSecond(),
            flow.bytesPerSecond() / 1024,
            failed)
        .toString();
  }

  /** The same in few words, for output that is no terminal. */
  public static String line(MeshState mesh, Traffic traffic) {
    long ready = mesh.pods().stream().filter(MeshState.Pod::ready).count();
    long enrolled = mesh.pods().stream().filter(MeshState.Pod::enrolled).count();
    return String.format(
        Locale.ROOT,
        "%d/%d pods ready, %d enrolled; %s",
        ready,
        mesh.pods().size(),
        enrolled,
        rates(traffic));
  }

  private static double rate(Traffic traffic, String tunnel) {
    return traffic.flows().stream()
        .filter(flow -> flow.tunnel().equals(tunnel))
        .mapToDouble(Traffic.Flow::perSecond)
        .sum();
  }

  private static String style(String style, String text, int columns) {
    return style + cut(text, columns) + PLAIN;
  }

  private static String cut(String text, int columns) {
    return text.length() <= columns ? text : text.substring(0, columns);
  }
}
