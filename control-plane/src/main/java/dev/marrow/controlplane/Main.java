package dev.marrow.controlplane;

import dev.marrow.controlplane.settings.Settings;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program. */
public final class Main {
  private static final Logger log;

  static {
    // Before the first logger: several programs share a class path, each with its own file.
    System.getProperties().putIfAbsent("logback.configurationFile", "control-plane-logback.xml");
    log = LoggerFactory.getLogger(Main.class);
  }

  private Main() {}

  /** Runs until it is told to stop. */
  public static void main(String[] args) throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    try {
      Settings settings = Settings.read(System.getenv());
      ControlPlane plane = ControlPlane.start(settings, Clock.systemUTC());
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .unstarted(() -> {
                    plane.close();
                    stopped.countDown();
                  }));
    } catch (IOException | RuntimeException e) {
      log.error("not started: {}", e.getMessage(), e);
      System.exit(1);
    }
    stopped.await();
  }
}
