package dev.marrow.nodeagent.redirect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.marrow.linux.Command;
import dev.marrow.linux.Netns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A pod and its node as two network namespaces with a cable between. Needs root and iproute2. */
public final class TwoNamespaces implements AutoCloseable {
  public static final String POD = "198.18.78.2";
  public static final String POD_V6 = "fd00:78::2";
  public static final String NODE = "198.18.78.1";
  public static final String NODE_V6 = "fd00:78::1";

  /** A second address of the node, behind the first: somebody else's. */
  public static final String CLIENT = "198.18.79.9";

  private final String suffix = Integer.toHexString(new Random().nextInt(0x10000));
  private final String podName = "mt-nodeagent-p" + suffix;
  private final String nodeName = "mt-nodeagent-n" + suffix;
  private final Netns pod;
  private final Netns node;

  private TwoNamespaces() throws IOException {
    make(podName);
    make(nodeName);
    pod = Netns.open(podPath());
    node = Netns.open(Path.of("/run/netns", nodeName));
  }

  public static TwoNamespaces make() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Files.isExecutable(Path.of("/usr/sbin/nft")), "needs nftables");
    Command.Result list = Command.of("ip", "netns", "list").run();
    assumeTrue(list.succeeded(), "needs iproute2");
    var made = new TwoNamespaces();
    try {
      made.connect();
      return made;
    } catch (IOException | RuntimeException | AssertionError failure) {
      made.close();
      throw failure;
    }
  }

  private static void make(String name) throws IOException {
    Command.Result added = Command.of("ip", "netns", "add", name).run();
    assumeTrue(added.succeeded(), "cannot make network namespaces: " + added.errors());
  }

  private void connect() throws IOException {
    // Or a translated packet waits seconds for a link-local address that may ask for neighbours.
    for (Netns netns : List.of(pod, node)) {
      run(netns, "sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0");
    }
    run(
        pod, "ip", "link", "add", "eth0", "type", "veth", "peer", "name", "pod0", "netns",
        nodeName);
    for (Netns netns : List.of(pod, node)) {
      run(netns, "ip", "link", "set", "lo", "up");
    }
    addresses(pod, "eth0", POD + "/24", POD_V6 + "/64");
    addresses(node, "pod0", NODE + "/24", NODE_V6 + "/64");
    run(node, "ip", "address", "add", CLIENT + "/32", "dev", "lo");
    run(pod, "ip", "route", "add", "default", "via", NODE);
    run(pod, "ip", "-6", "route", "add", "default", "via", NODE_V6);
  }

  private static void addresses(Netns netns, String device, String v4, String v6)
      throws IOException {
    run(netns, "ip", "address", "add", v4, "dev", device);
    run(netns, "ip", "address", "add", v6, "dev", device, "nodad");
    run(netns, "ip", "link", "set", device, "up");
  }

  static String run(Netns netns, String... command) throws IOException {
    Command.Result result = Command.of(command).runIn(netns);
    assertThat(result.succeeded()).as(String.join(" ", command) + result.errors()).isTrue();
    return result.output();
  }

  public Netns pod() {
    return pod;
  }

  public Path podPath() {
    return Path.of("/run/netns", podName);
  }

  public Netns node() {
    return node;
  }

  @Override
  public void close() throws IOException {
    pod.close();
    node.close();
    Command.of("ip", "netns", "del", podName).run();
    Command.of("ip", "netns", "del", nodeName).run();
  }
}
