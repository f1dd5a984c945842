package dev.marrow.hbone.load;

import dev.marrow.hbone.Authority;
import dev.marrow.hbone.ConnectRequest;
import dev.marrow.hbone.Loops;
import dev.marrow.hbone.Relay;
import dev.marrow.hbone.RelaySettings;
import dev.marrow.hbone.TestTls;
import dev.marrow.hbone.TestTunnelClient;
import dev.marrow.hbone.TestTunnelServer;
import dev.marrow.hbone.TunnelResult;
import dev.marrow.http.Abort;
import dev.marrow.http.ChannelStream;
import io.netty.channel.Channel;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * A client proxy and a server proxy, a loop each, between an app that sends and one that echoes or
 * swallows: {@code LoopbackLoad echo 64 10} or {@code bulk 16 10} (connections, seconds). Prints
 * the rate and the CPU time of each proxy's loop per request or per gigabyte.
 */
public final class LoopbackLoad {
  private LoopbackLoad() {}

  public static void main(String[] arguments) throws Exception {
    boolean echo = arguments[0].equals("echo");
    int connections = Integer.parseInt(arguments[1]);
    int seconds = Integer.parseInt(arguments[2]);
    try (var tls = new TestTls();
        var near = new Loops();
        var far = new Loops();
        var apps = new LoadApps(echo)) {
      var server = TestTunnelServer.relayingTo(far, tls, apps.address());
      var client = new TestTunnelClient(near, tls);
      Channel front = near.listen(channel -> tunnel(client, server, ChannelStream.on(channel)));
      apps.start((InetSocketAddress) front.localAddress(), connections);
      TimeUnit.SECONDS.sleep(5);
      for (int round = 0; round < Integer.getInteger("rounds", 3); round++) {
        measure(near, far, apps, echo, seconds);
      }
    }
    System.exit(0);
  }

  private static void tunnel(TestTunnelClient client, TestTunnelServer server, ChannelStream app) {
    var request = ConnectRequest.to(Authority.parse("10.0.0.1:80").orElseThrow());
    client
        .pool()
        .connect(
            TestTunnelClient.target(server.address()),
            request,
            result -> {
              if (result instanceof TunnelResult.Opened opened) {
                Relay.start(app, opened.stream(), RelaySettings.NO_TIMERS, end -> {});
              } else {
                System.err.println(result);
                app.reset(Abort.CANCELLED);
              }
            });
  }

  private static void measure(Loops near, Loops far, LoadApps apps, boolean echo, int seconds)
      throws InterruptedException, IOException {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long nearThread = near.call(() -> Thread.currentThread().threadId());
    long farThread = far.call(() -> Thread.currentThread().threadId());
    long done = apps.done();
    long nearCpu = threads.getThreadCpuTime(nearThread);
    long farCpu = threads.getThreadCpuTime(farThread);
    long garbage =
        threads.getThreadAllocatedBytes(nearThread) + threads.getThreadAllocatedBytes(farThread);
    long start = System.nanoTime();
    TimeUnit.SECONDS.sleep(seconds);
    double elapsed = (System.nanoTime() - start) / 1e9;
    double units = (apps.done() - done) / (echo ? 1.0 : 1e9);
    double perUnit = echo ? 1e3 : 1e9;
    System.out.printf(
        Locale.ROOT,
        "%s %.2f/s, client %.2f %s, server %.2f %s, garbage %.0f B per %s%n",
        echo ? "requests" : "GB",
        units / elapsed,
        (threads.getThreadCpuTime(nearThread) - nearCpu) / units / perUnit,
        echo ? "us" : "s",
        (threads.getThreadCpuTime(farThread) - farCpu) / units / perUnit,
        echo ? "us" : "s",
        (threads.getThreadAllocatedBytes(nearThread)
                + threads.getThreadAllocatedBytes(farThread)
                - garbage)
            / units,
        echo ? "request" : "GB");
  }
}
