package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.Authority;
import dev.marrow.hbone.Baggage;
import dev.marrow.hbone.InboundConnect;
import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.http.ChannelStream;
import dev.marrow.http.Headers;
import dev.marrow.identity.SpiffeId;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Who wants to reach our pod, and how it is answered. Confined to its event loop. */
sealed interface Caller permits Caller.Tunnelled, Caller.Plain, Neighbour {
  Admission.Request request();

  /** The address of this pod, and the port, at which the connection came in. */
  InetSocketAddress reached();

  /** Calls back if the caller goes away before it is answered. */
  void onAbandoned(Runnable abandoned);

  /** Says yes. */
  ByteStream accept(Baggage own);

  /** Says no. */
  void refuse(Admission.Refused why);

  /** Whether the caller proved who it is. */
  boolean tunnelled();

  /** What the caller says about itself; nothing in plaintext. */
  Baggage baggage();

  /** The service the caller addressed, by its host name; empty if it does not say. */
  String service();

  /** The caller's network, if it is another one and says so; empty otherwise. */
  String network();

  /** Through a tunnel. */
  record Tunnelled(InboundConnect connect) implements Caller {
    @Override
    public Admission.Request request() {
      return new Admission.Request(
          connect.authority(),
          connect.connection().local().getAddress(),
          connect.connection().remote(),
          Optional.of(connect.connection().peer()));
    }

    @Override
    public InetSocketAddress reached() {
      return connect.connection().local();
    }

    SpiffeId peer() {
      return connect.connection().peer();
    }

    @Override
    public void onAbandoned(Runnable abandoned) {
      connect.onAbandoned(abandoned);
    }

    @Override
    public ByteStream accept(Baggage own) {
      var headers = new Headers();
      String text = own.format();
      if (!text.isEmpty()) {
        headers.add("baggage", text);
      }
      return connect.accept(headers);
    }

    @Override
    public void refuse(Admission.Refused why) {
      connect.refuse(why.status());
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
      return connect.header("x-forwarded-network");
    }
  }

  /** In plaintext, redirected to us. */
  record Plain(ChannelStream stream, InetSocketAddress client, InetSocketAddress target)
      implements Caller {
    @Override
    public Admission.Request request() {
      return new Admission.Request(
          Authority.of(target), target.getAddress(), client, Optional.empty());
    }

    @Override
    public InetSocketAddress reached() {
      return target;
    }

    @Override
    public void onAbandoned(Runnable abandoned) {
      stream.channel().closeFuture().addListener(f -> abandoned.run());
    }

    @Override
    public ByteStream accept(Baggage own) {
      return stream;
    }

    @Override
    public void refuse(Admission.Refused why) {
      stream.reset(Abort.of(Abort.Reason.REFUSED, why.text()));
    }

    @Override
    public boolean tunnelled() {
      return false;
    }

    @Override
    public Baggage baggage() {
      return Baggage.NONE;
    }

    @Override
    public String service() {
      return "";
    }

    @Override
    public String network() {
      return "";
    }
  }
}
