package dev.marrow.ztunnel.proxy;

import dev.marrow.http.Abort;
import dev.marrow.http.ChannelStream;
import dev.marrow.ztunnel.report.ConnectionFacts;
import dev.marrow.ztunnel.report.Reporter;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Takes connections that the pod's apps made and redirection brought to port 15001. */
final class OutboundListener {
  private final PodLoops loops;
  private final IllegalPorts illegal;

  OutboundListener(PodLoops loops, IllegalPorts illegal) {
    this.loops = loops;
    this.illegal = illegal;
  }

  void accept(Channel channel) {
    PodLoop home = loops.of(channel);
    if (!home.admits()) {
      channel.close();
      return;
    }
    InetSocketAddress client = Addresses.remote(channel);
    InetSocketAddress target = home.sockets().originalDestination(channel);
    Optional<Refusal> refused = illegal.refusal(target);
    if (refused.isPresent()) {
      refuse(home, channel, client, target, refused.get());
      return;
    }
    // Already now: of an app that has ended its direction everything is read at once, and a kill
    // would look like an orderly, empty answer.
    new OutboundConnection(home, home.stream(channel).resetIfKilled(), client, target).start();
  }

  private static void refuse(
      PodLoop home,
      Channel channel,
      InetSocketAddress client,
      InetSocketAddress target,
      Refusal why) {
    home.node()
        .reporting()
        .reports()
        .failedEarly(
            Reporter.SOURCE,
            ConnectionFacts.text(client),
            ConnectionFacts.text(target),
            why.text());
    ChannelStream stream = ChannelStream.on(channel);
    stream.listen(Ignored.LISTENER);
    stream.reset(Abort.of(Abort.Reason.REFUSED, why.text()));
  }
}
