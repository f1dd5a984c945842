package dev.marrow.controlplane;

import dev.marrow.controlplane.settings.InvalidSettings;
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

  private static final String HELP =
      """
      usage: control-plane

      Tells proxies what the mesh looks like and issues their certificates. Everything is set in the
      environment. MARROW_SOURCE says where objects come from:

        directory   the default; needs MARROW_CONFIG, MARROW_STATUS_DIR, MARROW_GENERATED_DIR,
                    MARROW_CA_DIR, MARROW_ROOT_CERT_OUT and MARROW_TOKEN_JWKS
        kubernetes  needs POD_NAME and MARROW_WAYPOINT_IMAGE
      """;

  private Main() {}

  /** Runs until it is told to stop. */
  public static void main(String[] args) throws InterruptedException {
    String words = String.join(" ", args);
    switch (words) {
      case "" -> run();
      case "--help", "-h", "help" -> System.out.print(HELP);
      default -> {
        System.err.print("unknown arguments: '" + words + "'\n" + HELP);
        System.exit(2);
      }
    }
  }

  private static void run() throws InterruptedException {
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
    } catch (InvalidSettings e) {
      e.problems().forEach(problem -> log.error("setting: {}", problem));
      System.exit(2);
    } catch (IOException | RuntimeException e) {
      log.error("not started: {}", e.getMessage(), e);
      System.exit(1);
    }
    stopped.await();
  }
}
