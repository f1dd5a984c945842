package dev.marrow.ztunnel.proxy;

import dev.marrow.hbone.Baggage;
import dev.marrow.hbone.Relay;
import dev.marrow.hbone.RelayEnd;
import dev.marrow.hbone.TunnelConnection;
import dev.marrow.http.Abort;
import dev.marrow.http.ByteStream;
import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.workload.ApplicationTunnel;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.ztunnel.proxy.Admission.Admitted;
import dev.marrow.ztunnel.proxy.Admission.Refused;
import dev.marrow.ztunnel.report.ConnectionFacts;
import dev.marrow.ztunnel.report.ConnectionReport;
import dev.marrow.ztunnel.report.Flag;
import dev.marrow.ztunnel.report.Party;
import dev.marrow.ztunnel.report.Reporter;
import dev.marrow.ztunnel.report.Reports;
import dev.marrow.ztunnel.report.ServiceName;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One connection to our pod, through a tunnel or in plaintext: admit, dial the app from the
 * client's address, say yes, relay, report. It is tracked before it is judged, so that no change of
 * policy slips in between. Confined to its event loop.
 */
final class InboundConnection implements Tracked {
  private final PodLoop home;
  private final Admission admission;
  private final Caller caller;
  private final String service;
  private final Admission.Request request;
  private final Reports reports;
  private final long startNanos;

  private Runnable giveUp = () -> {};
  private InetSocketAddress app;
  private int port;
  private @Nullable Workload judged;
  private @Nullable Relay relay;
  private @Nullable ConnectionReport report;
  private boolean over;

  InboundConnection(PodLoop home, Admission admission, Caller caller) {
    this.home = home;
    this.admission = admission;
    this.caller = caller;
    this.request = caller.request();
    this.service = caller.service();
    this.app = new InetSocketAddress(request.local(), request.authority().port());
    this.reports = home.node().reporting().reports();
    this.startNanos = reports.nanoTime();
  }

  void start() {
    home.add(this);
    caller.onAbandoned(this::abandoned);
    home.workload(this::judge, this::workloadUnknown);
  }

  private void workloadUnknown() {
    refuseEarly(
        new Refused(
            503,
            Flag.CONNECT,
            "failed to fetch information about local workload: timed out waiting for workload '%s'"
                    .formatted(home.name())
                + " from xds"));
  }

  private void refuseEarly(Refused why) {
    if (over) {
      return;
    }
    end();
    reports.failedEarly(
        Reporter.DESTINATION,
        ConnectionFacts.text(request.client()),
        ConnectionFacts.text(app),
        why.text());
    caller.refuse(why);
  }

  private void judge(Workload own) {
    if (over) {
      return;
    }
    MeshView view = home.node().mesh().current();
    switch (admission.admit(view, own, request)) {
      case Admitted admitted -> {
        Decisions.log(
            home.node(), request, () -> admission.decide(view, own, request, admitted.port()));
        dial(own, admitted);
      }
      case Refused refused -> {
        int asked = request.authority().port();
        Decisions.log(home.node(), request, () -> admission.decide(view, own, request, asked));
        refuse(own, refused);
      }
    }
  }

  private void refuse(Workload own, Refused why) {
    end();
    report(own).close(why.flag(), why.text());
    caller.refuse(why);
  }

  private void dial(Workload own, Admitted admitted) {
    app = admitted.app();
    port = admitted.port();
    ChannelFuture dialled =
        admitted.spoof()
            ? home.apps().dialAs(request.client().getAddress(), app)
            : home.apps().dialLocal(app);
    giveUp = () -> dialled.channel().close();
    dialled.addListener(f -> {
      giveUp = () -> {};
      if (over) {
        dialled.channel().close();
      } else if (f.isSuccess()) {
        connected(own, admitted, dialled.channel());
      } else {
        Failure why = Failure.of(dialled.cause());
        refuse(own, new Refused(503, why.flag(), why.text()));
      }
    });
  }

  private void connected(Workload before, Admitted admitted, Channel channel) {
    MeshView view = home.node().mesh().current();
    Workload own = home.name().in(view).orElse(before);
    judged = own;
    Optional<Refused> changed = admission.authorize(view, own, request, port);
    if (changed.isPresent()) {
      // The view changed while we dialled.
      channel.close();
      refuse(own, changed.get());
      return;
    }
    if (admitted.tunnel() instanceof ApplicationTunnel.ProxyProtocol) {
      channel.writeAndFlush(
          ProxyHeader.of(
              channel.alloc(),
              request.client(),
              admitted.tunnelled(),
              request.peer(),
              service(view, own).host()));
    }
    ConnectionReport opened = report(own);
    report = opened;
    boolean says = home.node().rules().features().baggage();
    ByteStream stream = caller.accept(says ? Parties.baggage(own) : Baggage.NONE);
    Relay started =
        Relay.start(
            stream, home.stream(channel).resetIfKilled(), home.node().rules().relay(), this::ended);
    if (!over) {
      relay = started;
      opened.counting(started::fromLeft, started::fromRight);
    }
  }

  private ConnectionReport report(Workload own) {
    MeshView view = home.node().mesh().current();
    String principal = request.peer().map(Object::toString).orElse("");
    boolean tunnelled = caller.tunnelled();
    return reports.open(
        new ConnectionFacts(
            Reporter.DESTINATION,
            request.client(),
            source(view, own).as(principal),
            caller.reached(),
            tunnelled ? request.authority().text() : "",
            Parties.expected(own),
            service(view, own),
            tunnelled),
        startNanos);
  }

  /** The caller: by its address, or by what it says if it comes from another network. */
  private Party source(MeshView view, Workload own) {
    boolean foreign =
        !caller.network().isEmpty() && !caller.network().equals(home.node().rules().network());
    Optional<Workload> known =
        foreign ? Optional.empty() : view.workload(own.network(), request.client().getAddress());
    return known.map(Parties::of).orElseGet(() -> Parties.of(caller.baggage()));
  }

  private ServiceName service(MeshView view, Workload own) {
    String host =
        request.authority() instanceof dev.marrow.hbone.Authority.Host named
            ? named.name()
            : service;
    if (host.isEmpty()) {
      return ServiceName.NONE;
    }
    Optional<Service> known =
        view.serviceByHostname(
            host, own.namespace(), home.node().rules().names().preferredNamespace());
    return known
        .map(s -> new ServiceName(s.hostname(), s.namespace(), s.name()))
        .orElse(ServiceName.NONE);
  }

  private void ended(RelayEnd end) {
    this.end();
    ConnectionReport open = report;
    if (open != null) {
      Failure why = Failure.of(end);
      open.counting(end::fromLeft, end::fromRight);
      open.close(why.flag(), why.level(), why.text());
    }
  }

  /** The caller went away before it was answered. */
  private void abandoned() {
    if (over || relay != null) {
      return;
    }
    home.node().reporting().counters().abandoned().increment();
    end();
    reports.failedEarly(
        Reporter.DESTINATION,
        ConnectionFacts.text(request.client()),
        ConnectionFacts.text(app),
        "client closed the connection before it was established");
  }

  private void end() {
    over = true;
    home.remove(this);
    giveUp.run();
    giveUp = () -> {};
  }

  @Override
  public void cut(Abort why) {
    Relay open = relay;
    if (open != null) {
      open.cut(why);
    } else {
      refuseEarly(new Refused(503, Flag.CONNECT, why.detail()));
    }
  }

  @Override
  public void recheck(MeshView view, Optional<Workload> own) {
    Workload before = judged;
    if (relay == null || over || before == null) {
      // Not judged yet, or judged once more when its dial ends: see connected.
      return;
    }
    // A pod may outlive its workload: policies hold for it to its end.
    Workload now = own.orElse(before);
    judged = now;
    if (admission.authorize(view, now, request, port).isPresent()) {
      home.node().reporting().counters().cutByPolicy().increment();
      cut(Abort.of(Abort.Reason.POLICY, Failure.POLICY_CHANGE));
    }
  }

  @Override
  public boolean inboundOver(TunnelConnection connection) {
    return caller instanceof Caller.Tunnelled(var connect)
        && connect.connection().number() == connection.number();
  }

  @Override
  public boolean outboundTo(Set<SpiffeId> peers) {
    return false;
  }

  @Override
  public void flush() {
    ConnectionReport open = report;
    if (open != null) {
      open.flush();
    }
  }

  @Override
  public Open open() {
    return new Open(
        true,
        ConnectionFacts.text(request.client()),
        service.isEmpty() ? request.authority().text() : service,
        ConnectionFacts.text(app),
        caller.tunnelled() ? "HBONE" : "TCP");
  }
}
