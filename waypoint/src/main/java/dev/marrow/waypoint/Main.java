package dev.marrow.waypoint;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import dev.marrow.waypoint.settings.Settings;
import dev.marrow.waypoint.settings.SettingsException;
import dev.marrow.waypoint.settings.Standalone;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The waypoint program: settings from the environment, or all of it from {@code --config FILE}.
 * SIGTERM drains.
 */
public final class Main {
  private static final String HELP =
      """
      usage: waypoint [--config FILE]

      Runs the waypoint under a control plane. Everything is set in the environment: XDS_ADDRESS,
      CA_ADDRESS, GATEWAY_NAME, POD_NAME, POD_NAMESPACE and more; see docs/waypoint.md.

        --config FILE  everything is in FILE instead, and there is no control plane
      """;

  private Main() {}

  public static void main(String[] args) throws InterruptedException {
    String words = String.join(" ", args);
    boolean fromFile = args.length == 2 && args[0].equals("--config");
    switch (fromFile ? "" : words) {
      case "", "--train" -> run(args);
      case "--help", "-h", "help" -> System.out.print(HELP);
      default -> {
        System.err.print("unknown arguments: '" + words + "'\n" + HELP);
        System.exit(2);
      }
    }
  }

  private static void run(String[] args) throws InterruptedException {
    logging();
    Logger log = LoggerFactory.getLogger("waypoint");
    CountDownLatch stop = new CountDownLatch(1);
    try {
      if (args.length == 1 && args[0].equals("--train")) {
        train();
        return;
      }
      Waypoint waypoint = start(args, stop::countDown);
      Thread hook = new Thread(waypoint::close, "shutdown");
      Runtime.getRuntime().addShutdownHook(hook);
      stop.await();
      System.exit(0);
    } catch (SettingsException e) {
      e.problems().forEach(problem -> log.error("setting: {}", problem));
      System.exit(2);
    } catch (IOException | IllegalArgumentException e) {
      log.error("start: {}", e.getMessage());
      System.exit(1);
    }
  }

  /** Starts as under a control plane, so that this is trained too, and serves by itself. */
  private static void train() throws IOException, SettingsException, InterruptedException {
    Waypoint waypoint = Waypoint.start(Settings.read(System.getenv()), () -> {});
    Training.run();
    waypoint.close();
    System.exit(0);
  }

  private static Waypoint start(String[] args, Runnable quit)
      throws IOException, SettingsException {
    if (args.length < 2) {
      Settings settings = Settings.read(System.getenv());
      level(settings.logs().level());
      return Waypoint.start(settings, quit);
    }
    Standalone settings = Standalone.read(Path.of(args[1]));
    level(settings.logs().level());
    return Waypoint.start(settings, quit);
  }

  /** In code, because reading XML takes longer than everything else at start. */
  private static void logging() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSX,UTC} %-5level %logger{0} %msg%n");
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    level("info");
  }

  private static void level(String level) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.toLevel(level, Level.INFO));
  }
}
