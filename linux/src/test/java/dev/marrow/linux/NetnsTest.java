package dev.marrow.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Needs root and iproute2. */
class NetnsTest {
  private static final String NAME = "mt-nodeagent-linux-" + ProcessHandle.current().pid();
  private Optional<Netns> open = Optional.empty();

  @BeforeEach
  void makeNamespace() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    Command.Result added = ip("netns", "add", NAME);
    assumeTrue(added.succeeded(), "cannot make network namespaces: " + added.errors());
    assertThat(ip("-n", NAME, "link", "set", "lo", "up").succeeded()).isTrue();
    open = Optional.of(Netns.open(Path.of("/run/netns", NAME)));
  }

  @AfterEach
  void removeNamespace() throws Exception {
    if (open.isPresent()) {
      open.get().close();
      ip("netns", "del", NAME);
    }
  }

  @Test
  void aSocketMadeInsideListensOnlyThere() throws Exception {
    try (ServerSocket inside = netns().call(() -> new ServerSocket(0, 1, loopback()))) {
      var address = new InetSocketAddress(loopback(), inside.getLocalPort());

      assertThatThrownBy(() -> connect(address)).isInstanceOf(IOException.class);
      // A plain Socket is made by connect, so connect runs inside, too.
      netns().callHere(() -> connect(address));
    }
  }

  @Test
  void theThreadComesBackAlsoWhenTheActionFails() throws Exception {
    FileIdentity home = here();

    assertThatThrownBy(() ->
            netns()
                .callHere(() -> {
                  assertThat(here()).isEqualTo(netns().identity());
                  throw new IOException("no");
                }))
        .hasMessage("no");

    assertThat(here()).isEqualTo(home);
  }

  @Test
  void callLeavesTheCallingThreadWhereItIs() throws Exception {
    FileIdentity home = here();

    FileIdentity visited = netns().call(NetnsTest::here);

    assertThat(visited).isEqualTo(netns().identity()).isNotEqualTo(home);
    assertThat(here()).isEqualTo(home);
  }

  @Test
  void twoNamesOfOneNamespaceHaveOneIdentity() throws Exception {
    try (Netns again = Netns.open(Path.of("/run/netns", NAME));
        Netns other = Netns.current()) {
      assertThat(again.identity()).isEqualTo(netns().identity());
      assertThat(other.identity()).isNotEqualTo(netns().identity());
    }
  }

  @Test
  void aVirtualThreadMayNotGoInside() throws Exception {
    var refusal = new Throwable[1];
    Thread.ofVirtual()
        .start(() -> {
          try {
            netns().callHere(NetnsTest::here);
          } catch (IOException | RuntimeException refused) {
            refusal[0] = refused;
          }
        })
        .join();

    assertThat(refusal[0]).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aCommandRunsInsideAndLeavesNoThreadThere() throws Exception {
    Command.Result result = Command.of("ip", "-o", "link").runIn(netns());

    assertThat(result.output()).contains("lo:").doesNotContain("eth0");
    try (var tasks = java.nio.file.Files.list(Path.of("/proc/self/task"))) {
      assertThat(tasks.map(NetnsTest::netnsOf)).doesNotContain(netns().identity());
    }
  }

  @Test
  void processesInsideAreFoundByTheirNamespace() throws Exception {
    Process sleeper = netns().call(() -> new ProcessBuilder("sleep", "60").start());
    try {
      assertThat(NetnsProcesses.in(netns().identity())).containsExactly(sleeper.pid());
      assertThat(NetnsProcesses.in(here())).contains(ProcessHandle.current().pid());
    } finally {
      sleeper.destroyForcibly().waitFor();
    }
  }

  @Test
  void afterClosingNobodyEnters() throws Exception {
    netns().close();

    assertThatThrownBy(() -> netns().call(() -> 1)).isInstanceOf(IOException.class);
  }

  private Netns netns() {
    return open.orElseThrow();
  }

  private static InetAddress loopback() {
    return InetAddress.getLoopbackAddress();
  }

  private static boolean connect(InetSocketAddress address) throws IOException {
    try (var socket = new Socket(address.getAddress(), address.getPort())) {
      return socket.isConnected();
    }
  }

  private static FileIdentity here() throws IOException {
    try (Netns current = Netns.current()) {
      return current.identity();
    }
  }

  private static FileIdentity netnsOf(Path task) {
    try (Netns netns = Netns.open(task.resolve("ns/net"))) {
      return netns.identity();
    } catch (IOException gone) {
      return new FileIdentity(0, 0);
    }
  }

  private static Command.Result ip(String... arguments) throws IOException {
    var all = new java.util.ArrayList<>(java.util.List.of("ip"));
    all.addAll(java.util.List.of(arguments));
    return new Command(all, "").run();
  }
}
