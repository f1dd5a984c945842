package dev.marrow.ztunnel;

import dev.marrow.mesh.file.LocalFileException;
import dev.marrow.ztunnel.report.Log;
import dev.marrow.ztunnel.report.LogBinding;
import dev.marrow.ztunnel.report.LogFilter;
import dev.marrow.ztunnel.report.LogSink;
import dev.marrow.ztunnel.report.Logs;
import dev.marrow.ztunnel.settings.InvalidSettings;
import dev.marrow.ztunnel.settings.Settings;
import dev.marrow.ztunnel.settings.SettingsReader;
import io.netty.handler.ssl.OpenSsl;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/** The program {@code proxy ztunnel}; {@code version} and {@code help} say what they say. */
public final class Main {
  private static final String HELP =
      """
      usage: ztunnel [proxy [ztunnel] | version | help]

      Runs the node proxy. Everything is set in the environment: see docs/ztunnel-compat.md.
      """;

  private Main() {}

  public static void main(String[] args) {
    String command = args.length == 0 ? "proxy" : args[0];
    switch (command) {
      case "proxy" -> run(System.getenv());
      case "version" -> System.out.println(version());
      case "help", "--help", "-h" -> System.out.print(HELP);
      default -> {
        System.err.print("unknown command: '" + command + "'\n" + HELP);
        System.exit(2);
      }
    }
  }

  private static void run(Map<String, String> environment) {
    if (System.getProperty("io.netty.machineId") == null) {
      // Pods have no address of their own to make one from, and nobody reads it.
      System.setProperty("io.netty.machineId", "02:00:00:00:00:01");
    }
    Settings settings;
    try {
      settings = SettingsReader.read(environment);
    } catch (InvalidSettings e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    var sink =
        new LogSink(
            new FileOutputStream(FileDescriptor.out),
            settings.report().json(),
            settings.report().logQueueLines());
    var logs = new Logs(sink, LogFilter.parse(settings.report().levels()), Clock.systemUTC());
    LogBinding.install(logs);
    // Loading the TLS library takes about as long as all the rest: do both at once.
    Thread.ofPlatform().daemon().name("tls").start(OpenSsl::isAvailable);
    start(settings, sink, logs);
  }

  private static void start(Settings settings, LogSink sink, Logs logs) {
    Log log = logs.scope("app");
    log.info("version: " + version());
    try {
      Ztunnel ztunnel =
          Ztunnel.start(settings, new Ztunnel.Outside(logs, sink, version(), Main::quit));
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .name("drain")
                  .unstarted(() -> {
                    ztunnel.drain();
                    ztunnel.close();
                    sink.close();
                  }));
      Thread.currentThread().join();
    } catch (IOException | LocalFileException e) {
      fail(log, sink, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      // A mistake of ours, unless it says otherwise: its place is worth more than its words.
      var trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      fail(log, sink, trace.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void fail(Log log, LogSink sink, String why) {
    log.error("start failed", "error", why);
    sink.close();
    Runtime.getRuntime().halt(1);
  }

  /** The drain runs in the shutdown hook, which must not wait for the page that asked for it. */
  private static void quit() {
    Thread.ofPlatform().name("quit").start(() -> System.exit(0));
  }

  private static String version() {
    return Optional.ofNullable(Main.class.getPackage().getImplementationVersion()).orElse("0.1.0");
  }
}
