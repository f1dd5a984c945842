package dev.marrow.conformance.command;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code serve DIR}: shows a report folder in a browser, on loopback only. */
@Command(
    name = "serve",
    description = "Serves a report folder on loopback.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init")
final class ServeCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "The folder of the report.")
  Path folder;

  @Option(names = "--port", defaultValue = "8099", description = "0 picks a free one.")
  int port;

  @Override
  public Integer call() throws InterruptedException {
    try {
      HttpServer server = start(folder, port);
      spec.commandLine()
          .getOut()
          .printf(
              "http://127.0.0.1:%d/report.html (end with Ctrl-C)%n", server.getAddress().getPort());
      spec.commandLine().getOut().flush();
      new CountDownLatch(1).await();
      return 0;
    } catch (IOException e) {
      return Conform.couldNotRun(spec, e);
    }
  }

  static HttpServer start(Path folder, int port) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + ": no folder");
    }
    HttpServer server =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            folder.toRealPath(),
            SimpleFileServer.OutputLevel.NONE);
    server.start();
    return server;
  }
}
