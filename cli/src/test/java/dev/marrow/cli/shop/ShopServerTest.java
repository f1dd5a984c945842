package dev.marrow.cli.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShopServerTest {
  private static final ShopClient CLIENT = new ShopClient(Duration.ofSeconds(5));

  private static ShopServer serve(URI... calls) throws IOException {
    return ShopServer.listen(0, new ShopPage("web", "v1", "web-1", List.of(calls), CLIENT));
  }

  private static URI url(ShopServer server, String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  @Test
  void aPageShowsWhatTheOthersSaid() throws IOException {
    try (ShopServer leaf = serve();
        ShopServer front = serve(url(leaf, "/leaf"))) {
      ShopPage.Answer answer = CLIENT.send("DELETE", url(front, "/x\"y".replace("\"", "%22")));

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).contains("\"method\":\"DELETE\"").contains("\"path\":\"/leaf\"");
    }
  }

  @Test
  void aServiceThatIsDownFailsThePage() throws IOException {
    ShopServer gone = serve();
    gone.close();
    try (ShopServer front = serve(url(gone, "/"))) {
      assertThat(CLIENT.send("GET", url(front, "/")).status()).isEqualTo(502);
    }
  }

  @Test
  void connectionsAreKeptAndBodiesSkipped() throws IOException {
    try (ShopServer server = serve();
        Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(5000);
      String two =
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloGET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(two.getBytes(StandardCharsets.US_ASCII));

      String answers =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answers).contains("\"method\":\"POST\"").endsWith("{\"ok\":true}\n");
    }
  }
}
