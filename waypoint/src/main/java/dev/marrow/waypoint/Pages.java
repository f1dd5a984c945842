package dev.marrow.waypoint;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import dev.marrow.waypoint.admin.AdminServer;
import dev.marrow.waypoint.admin.ConfigDump;
import dev.marrow.waypoint.destination.Destinations;
import dev.marrow.waypoint.report.Metrics;
import dev.marrow.waypoint.settings.Settings;
import dev.marrow.waypoint.tap.TapPage;
import dev.marrow.waypoint.tap.Taps;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pages for operators: admin on loopback only, metrics and readiness for everybody. */
record Pages(
    Supplier<Destinations> destinations,
    Metrics metrics,
    Taps taps,
    BooleanSupplier ready,
    Runnable quit) {
  List<AdminServer> serve(Settings.Ports ports) throws IOException {
    AdminServer admin =
        AdminServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.admin()),
                Map.of(
                    "/config_dump",
                    q -> AdminServer.Answer.json(ConfigDump.of(destinations.get())),
                    "/logging",
                    Pages::logging,
                    "/quitquitquit",
                    this::quit,
                    "/stats/prometheus",
                    q -> prometheus()))
            .with("/tap", new TapPage(taps));
    AdminServer stats =
        AdminServer.start(
            Settings.everywhere(ports.metrics()),
            Map.of(
                "/metrics", q -> prometheus(),
                "/stats/prometheus", q -> prometheus()));
    AdminServer readiness =
        AdminServer.start(
            Settings.everywhere(ports.readiness()), Map.of("/healthz/ready", q -> readiness()));
    return List.of(admin, stats, readiness);
  }

  private AdminServer.Answer prometheus() {
    return new AdminServer.Answer(200, "text/plain; version=0.0.4; charset=utf-8", metrics.text());
  }

  private AdminServer.Answer readiness() {
    return ready.getAsBoolean()
        ? AdminServer.Answer.text(200, "ready\n")
        : AdminServer.Answer.text(503, "not ready\n");
  }

  private AdminServer.Answer quit(AdminServer.Question question) {
    if (!question.method().equals("POST")) {
      return AdminServer.Answer.text(405, "POST\n");
    }
    Thread.ofVirtual().start(quit);
    return AdminServer.Answer.text(200, "shutdown now\n");
  }

  private static AdminServer.Answer logging(AdminServer.Question question) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    if (question.method().equals("POST")) {
      String level = question.query().replaceFirst("^level=", "");
      Level parsed = Level.toLevel(level, null);
      if (parsed == null) {
        return AdminServer.Answer.text(400, "level: trace, debug, info, warn, error or off\n");
      }
      root.setLevel(parsed);
    }
    return AdminServer.Answer.text(200, "current log level is " + root.getLevel() + "\n");
  }
}
