package dev.marrow.cli.drill.cases;

import dev.marrow.cli.drill.Stage;
import dev.marrow.cli.drill.load.OpenLoop;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;

/** Whether one pod may call another, asked with a connection and a byte. */
final class Effect {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final OpenLoop.Pair pair;

  private Effect(OpenLoop.Pair pair) {
    this.pair = pair;
  }

  static Effect of(Stage stage, String client, String backend, int port) throws IOException {
    String address = stage.mesh().pod(backend).addresses().getFirst();
    return new Effect(new OpenLoop.Pair(stage.source(client), backend, Stage.at(address, port)));
  }

  boolean allowed() {
    try (Socket socket = pair.from().connect(pair.to(), PATIENCE)) {
      socket.getOutputStream().write('?');
      return socket.getInputStream().read() == '?';
    } catch (IOException e) {
      return false;
    }
  }

  /** Milliseconds until it is as wanted. */
  double await(boolean wanted, Duration longest) throws Exception {
    long begun = System.nanoTime();
    dev.marrow.cli.drill.DrillMesh.until(
        (wanted ? "permission for " : "denial of ") + pair.from().name() + " -> " + pair.target(),
        longest,
        () -> allowed() == wanted);
    return (System.nanoTime() - begun) / 1e6;
  }
}
