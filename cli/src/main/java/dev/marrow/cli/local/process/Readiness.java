package dev.marrow.cli.local.process;

import dev.marrow.cli.local.network.Shell;
import dev.marrow.cli.local.plan.Addresses;
import dev.marrow.cli.local.plan.Probe;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks a process now and then whether it is ready: often until it is, then every two seconds; three
 * refusals in a row make it unready again. Asked from the probe address of redirect rules, as a
 * kubelet would. {@link #ask} belongs to the supervisor's thread; the answer comes from a virtual
 * thread through volatile fields.
 */
final class Readiness {
  private static final Duration EAGER = Duration.ofMillis(100);
  private static final Duration CALM = Duration.ofSeconds(2);
  private static final int TIMEOUT_MILLIS = 1000;
  private static final int TOLERATED = 2;

  private final Probe probe;
  private final String address;
  private final AtomicBoolean asking = new AtomicBoolean();
  private Instant next = Instant.MIN;
  private volatile boolean ready;
  private volatile int refusals;
  private volatile int generation;

  Readiness(Probe probe, String address) {
    this.probe = probe;
    this.address = address;
  }

  boolean ready() {
    return ready;
  }

  void reset() {
    generation++;
    ready = false;
    next = Instant.MIN;
  }

  /**
   * Takes the process for ready until it answers for the first time; that answer decides. So who
   * takes over from a former supervisor does not take every endpoint away first.
   */
  void assume() {
    ready = true;
    refusals = TOLERATED;
    next = Instant.MIN;
  }

  void ask(long pid, Instant now) {
    if (now.isBefore(next) || !asking.compareAndSet(false, true)) return;
    next = now.plus(ready ? CALM : EAGER);
    int asked = generation;
    Thread.ofVirtual().name("probe").start(() -> judge(asked, pid));
  }

  private void judge(int asked, long pid) {
    boolean answer = false;
    try {
      answer = answer(pid);
    } catch (IOException e) {
      // Not ready: that is all the caller wants to know.
    }
    if (asked == generation) {
      refusals = answer ? 0 : refusals + 1;
      if (answer || refusals > TOLERATED) ready = answer;
    }
    asking.set(false);
  }

  private boolean answer(long pid) throws IOException {
    return switch (probe) {
      case Probe.Alive alive -> true;
      case Probe.Tcp(int port) -> {
        try (Socket socket = connect(port)) {
          yield socket.isConnected();
        }
      }
      case Probe.Http(int port, String path) -> get(port, path);
      case Probe.Exec(List<String> command) -> {
        List<String> inside =
            new ArrayList<>(
                List.of("timeout", "5", "nsenter", "-t", "" + pid, "-m", "-u", "-n", "--"));
        inside.addAll(command);
        yield Shell.execute(inside, "").status() == 0;
      }
    };
  }

  private Socket connect(int port) throws IOException {
    Socket socket = new Socket();
    try {
      InetAddress to = InetAddress.ofLiteral(address);
      if (!to.isLoopbackAddress()) {
        String from = to.getAddress().length == 4 ? Addresses.PROBE : Addresses.PROBE_V6;
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
      }
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(new InetSocketAddress(to, port), TIMEOUT_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private boolean get(int port, String path) throws IOException {
    try (Socket socket = connect(port)) {
      String request =
          "GET "
              + path
              + " HTTP/1.1\r\nHost: probe\r\nUser-Agent: kube-probe/1.0\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String first = in.readLine();
      if (first == null) return false;
      String[] words = first.split(" ");
      return words.length > 1
          && words[1].length() == 3
          && (words[1].charAt(0) == '2' || words[1].charAt(0) == '3');
    }
  }
}
