package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.Baggage;
import dev.marrow.hbone.ConnectRequest;
import dev.marrow.hbone.TunnelConnection;
import dev.marrow.hbone.TunnelResult;
import dev.marrow.hbone.TunnelTarget;
import dev.marrow.http.ByteStream;
import dev.marrow.identity.SpiffeId;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Consumer;

/** A pod of this node that calls another one of it. Confined to the event loop of both. */
final class Neighbour implements Caller {
  private final EventLoop loop;
  private final TunnelTarget target;
  private final SpiffeId server;
  private final ConnectRequest connect;
  private final InetSocketAddress client;
  private final Consumer<TunnelResult> done;
  private Runnable abandoned = () -> {};
  private boolean answered;

  Neighbour(PodLoop home, TunnelTarget target, SpiffeId server, Call call) {
    this.loop = home.loop();
    this.target = target;
    this.server = server;
    this.connect = call.connect();
    this.client = call.client();
    this.done = call.done();
  }

  /** What is asked, by whom, and who waits for the answer. */
  record Call(ConnectRequest connect, InetSocketAddress client, Consumer<TunnelResult> done) {}

  /** The caller does not want it any more. */
  void giveUp() {
    if (!answered) {
      answered = true;
      abandoned.run();
    }
  }

  @Override
  public Admission.Request request() {
    return new Admission.Request(
        connect.authority(), target.nextHop().getAddress(), client, Optional.of(target.source()));
  }

  @Override
  public InetSocketAddress reached() {
    return target.nextHop();
  }

  @Override
  public void onAbandoned(Runnable gone) {
    abandoned = gone;
  }

  @Override
  public ByteStream accept(Baggage own) {
    answered = true;
    StreamPair pair = StreamPair.on(loop);
    var connection = new TunnelConnection(0, client, target.nextHop(), server);
    done.accept(new TunnelResult.Opened(pair.left(), own, connection));
    return pair.right();
  }

  @Override
  public void refuse(Admission.Refused why) {
    if (!answered) {
      answered = true;
      done.accept(
          new TunnelResult.Failed(
              TunnelResult.Reason.REFUSED,
              TunnelResult.Side.PEER,
              why.status(),
              why.status() == 503,
              "refused"));
    }
  }

  @Override
  public boolean tunnelled() {
    return true;
  }

  @Override
  public Baggage baggage() {
    return connect.baggage();
  }

  @Override
  public String service() {
    return connect.forwarded().host();
  }

  @Override
  public String network() {
    return "";
  }
}
