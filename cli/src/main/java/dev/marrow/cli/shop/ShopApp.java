package dev.marrow.cli.shop;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The program of the sample shop's pods: a web service that calls others, or the customers who call
 * it. {@code SHOP_NAME}, {@code SHOP_VERSION}, {@code SHOP_CALLS} (URLs, separated by commas) and
 * {@code PORT} say which service it is; with {@code traffic URL REQUESTS_PER_SECOND} it is the
 * customers; {@code strict} ones count a request as failed that others would send again.
 */
public final class ShopApp {
  private ShopApp() {}

  public static void main(String[] args) throws Exception {
    if (args.length == 1 && args[0].equals("--train")) {
      train();
    } else if (args.length == 3 && args[0].equals("traffic")) {
      new ShopTraffic(URI.create(args[1]), Integer.parseInt(args[2]), System.out).run();
    } else if (args.length == 4 && args[0].equals("traffic") && args[3].equals("strict")) {
      var client = new ShopClient(Duration.ofSeconds(5), false);
      new ShopTraffic(URI.create(args[1]), Integer.parseInt(args[2]), System.out, client).run();
    } else if (args.length == 0) {
      Map<String, String> environment = System.getenv();
      int port = Integer.parseInt(environment.getOrDefault("PORT", "8080"));
      ShopServer server = ShopServer.listen(port, page(environment));
      System.out.println("listening on port " + server.port());
      Thread.currentThread().join();
    } else {
      System.err.println("usage: shop | shop traffic URL REQUESTS_PER_SECOND [strict]");
      System.exit(2);
    }
  }

  private static ShopPage page(Map<String, String> environment) {
    List<URI> calls =
        Stream.of(environment.getOrDefault("SHOP_CALLS", "").split(","))
            .filter(text -> !text.isBlank())
            .map(text -> URI.create(text.strip()))
            .toList();
    return new ShopPage(
        environment.getOrDefault("SHOP_NAME", "shop"),
        environment.getOrDefault("SHOP_VERSION", "v1"),
        environment.getOrDefault("HOSTNAME", "localhost"),
        calls,
        new ShopClient(Duration.ofSeconds(5)));
  }

  /** Serves and calls itself for a moment: the run from which the start-up cache is made. */
  private static void train() throws IOException, InterruptedException {
    ShopClient client = new ShopClient(Duration.ofSeconds(5));
    try (ShopServer leaf =
            ShopServer.listen(0, new ShopPage("leaf", "v1", "training", List.of(), client));
        ShopServer front =
            ShopServer.listen(
                0, new ShopPage("front", "v1", "training", List.of(url(leaf)), client))) {
      new ShopTraffic(url(front), 200, System.out).run(50);
    }
  }

  private static URI url(ShopServer server) {
    return URI.create("http://127.0.0.1:" + server.port() + "/");
  }
}
