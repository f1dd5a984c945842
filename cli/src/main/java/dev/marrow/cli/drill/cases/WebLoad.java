package dev.marrow.cli.drill.cases;

import dev.marrow.cli.drill.Stage;
import dev.marrow.cli.drill.load.EchoServer;
import dev.marrow.cli.drill.load.Exchange;
import dev.marrow.cli.drill.load.H2Echo;
import dev.marrow.cli.drill.load.Http1Echo;
import dev.marrow.cli.drill.load.Http1Exchange;
import dev.marrow.cli.drill.load.Http2Exchange;
import dev.marrow.cli.drill.load.OpenLoop;
import dev.marrow.cli.drill.load.Tally;
import dev.marrow.cli.drill.load.WebSocketExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The load of waypoints: HTTP/1.1 on kept and on new connections, HTTP/2, gRPC and WebSocket, a
 * fifth of the rate each. Confined to the drill's thread.
 */
final class WebLoad {
  private static final int BYTES = 1024;

  private static final Predicate<OpenLoop.Pair> EVERYBODY = pair -> true;

  private final Stage stage;
  private final List<OpenLoop> loops;

  private WebLoad(Stage stage, List<OpenLoop> loops) {
    this.stage = stage;
    this.loops = loops;
  }

  /** Starts the apps and the load; a first round warms both up. */
  static WebLoad start(Stage stage) throws Exception {
    return start(stage, EVERYBODY);
  }

  /** The same, between {@code some} of the pairs only. */
  static WebLoad start(Stage stage, Predicate<OpenLoop.Pair> some) throws Exception {
    stage.serve(EchoServer.HTTP1, Http1Echo::serve);
    stage.serve(EchoServer.HTTP2, H2Echo::serve);
    WebLoad first = of(stage, some);
    stage.pass(Duration.ofSeconds(4));
    first.loops.forEach(OpenLoop::close);
    for (OpenLoop loop : first.loops) {
      Tally.Summary sum = loop.tally().summary();
      stage.note("warm: %d of %d".formatted(sum.answered(), sum.sent()));
      if (sum.answered() == 0)
        throw new IOException("nothing passes: " + sum.failures().getFirst());
    }
    return of(stage, some);
  }

  /** Starts the load where the apps run already. */
  static WebLoad again(Stage stage) throws IOException {
    return of(stage, EVERYBODY);
  }

  private static WebLoad of(Stage stage, Predicate<OpenLoop.Pair> some) throws IOException {
    List<OpenLoop> loops = new ArrayList<>();
    for (Exchange exchange :
        List.of(
            Http1Exchange.kept(),
            Http1Exchange.fresh(),
            new WebSocketExchange(),
            Http2Exchange.plain(),
            Http2Exchange.grpc())) {
      int port = exchange instanceof Http2Exchange ? EchoServer.HTTP2 : EchoServer.HTTP1;
      List<OpenLoop.Pair> pairs = stage.services(port).stream().filter(some).toList();
      loops.add(stage.load(exchange, pairs, stage.rate() / 5, BYTES));
    }
    return new WebLoad(stage, loops);
  }

  /** Ends the load; the worst p99 of its kinds. */
  double finish(String name, boolean mustNotFail) {
    double worst = 0;
    List<String> kinds = List.of("h1-kept", "h1-new", "websocket", "h2", "grpc");
    for (int n = 0; n < loops.size(); n++) {
      Tally.Summary sum = stage.finish(loops.get(n), name + " " + kinds.get(n));
      if (mustNotFail) stage.checkNoneFailed(name + " " + kinds.get(n), sum);
      stage.check(
          name + " " + kinds.get(n) + ": wrong answers", "0", sum.wrong(), sum.wrong() == 0);
      worst = Math.max(worst, sum.p99Millis());
    }
    return worst;
  }
}
