package dev.marrow.ztunnel.proxy;

import dev.marrow.ztunnel.report.ConnectionFacts;
import dev.marrow.ztunnel.report.Reporter;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Takes plaintext connections to the pod that redirection brought to port 15006. */
final class PassthroughListener {
  private final PodLoops loops;
  private final Admission admission;
  private final IllegalPorts illegal;

  PassthroughListener(PodLoops loops, Admission admission, IllegalPorts illegal) {
    this.loops = loops;
    this.admission = admission;
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
    Optional<Refusal> refused = illegal.refusal(target.getPort());
    if (refused.isPresent()) {
      home.node()
          .reporting()
          .reports()
          .failedEarly(
              Reporter.DESTINATION,
              ConnectionFacts.text(client),
              ConnectionFacts.text(target),
              refused.get().text());
      channel.close();
      return;
    }
    var caller = new Caller.Plain(home.stream(channel), client, target);
    new InboundConnection(home, admission, caller).start();
  }
}
