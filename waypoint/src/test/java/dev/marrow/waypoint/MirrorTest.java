package dev.marrow.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copies of requests go to another service, and nothing of it to the client. */
@Timeout(60)
class MirrorTest {
  @TempDir Path folder;

  private final Apps.Recorder primary = new Apps.Recorder("primary");
  private final Apps.Recorder shadow = new Apps.Recorder("shadow");

  private PlainWaypoint mirrored(String share, com.sun.net.httpserver.HttpHandler copies)
      throws Exception {
    String filter =
        "\"filters\": [ { \"mirror\": { \"backend\": { \"namespace\": \"shop\", \"hostname\": \"shadow\", \"port\": 80 } %s } } ]"
            .formatted(share);
    return new PlainWaypoint(folder)
        .serve("reviews", primary)
        .serve("shadow", copies)
        .rules("reviews", PlainWaypoint.port("HTTP1", filter))
        .start();
  }

  @Test
  void aCopyHasTheSamePathHeadersAndBody() throws Exception {
    try (PlainWaypoint waypoint = mirrored("", shadow)) {
      String body = "b".repeat(100_000);

      var response = waypoint.send("POST", "/a?b=c", body, "x-marked", "yes");
      PlainWaypoint.await(() -> !shadow.seen.isEmpty());

      assertThat(response.body()).isEqualTo("primary");
      assertThat(shadow.seen).hasSize(1);
      assertThat(shadow.seen.getFirst().path()).isEqualTo("/a?b=c");
      assertThat(shadow.seen.getFirst().header("x-marked")).isEqualTo("yes");
      assertThat(shadow.seen.getFirst().body()).isEqualTo(body);
    }
  }

  @Test
  void onlyTheShareIsCopied() throws Exception {
    try (PlainWaypoint waypoint = mirrored(", \"numerator\": 25, \"denominator\": 100", shadow)) {
      for (int i = 0; i < 400; i++) {
        waypoint.get("/" + i);
      }
      PlainWaypoint.await(() -> shadow.seen.size() >= 60);

      assertThat(primary.seen).hasSize(400);
      assertThat(shadow.seen.size()).isBetween(60, 145);
    }
  }

  @Test
  void aShadowThatHangsHoldsNobodyBack() throws Exception {
    CountDownLatch hang = new CountDownLatch(1);
    try (PlainWaypoint waypoint =
        mirrored(
            "",
            exchange -> {
              try {
                hang.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              exchange.close();
            })) {
      for (int i = 0; i < 20; i++) {
        assertThat(waypoint.send("POST", "/", "x".repeat(300_000)).body()).isEqualTo("primary");
      }
      hang.countDown();
    }
  }

  @Test
  void eachOfSeveralShadowsGetsTheBody() throws Exception {
    Apps.Recorder second = new Apps.Recorder("second");
    String mirror =
        "{ \"mirror\": { \"backend\": { \"namespace\": \"shop\", \"hostname\": \"%s\", \"port\": 80 } } }";
    String filters =
        "\"filters\": [ " + mirror.formatted("shadow") + ", " + mirror.formatted("second") + " ]";
    try (PlainWaypoint waypoint =
        new PlainWaypoint(folder)
            .serve("reviews", primary)
            .serve("shadow", shadow)
            .serve("second", second)
            .rules("reviews", PlainWaypoint.port("HTTP1", filters))
            .start()) {
      waypoint.send("POST", "/", "whole");
      PlainWaypoint.await(() -> !shadow.seen.isEmpty() && !second.seen.isEmpty());

      assertThat(shadow.seen).singleElement().matches(seen -> seen.body().equals("whole"));
      assertThat(second.seen).singleElement().matches(seen -> seen.body().equals("whole"));
    }
  }

  /** Whether the copy's connection ends although its endpoint says nothing. */
  private boolean endsAfter(String request) throws Exception {
    String filter =
        "\"filters\": [ { \"mirror\": { \"backend\": { \"namespace\": \"shop\", \"hostname\": \"shadow\", \"port\": 80 } } } ]";
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        PlainWaypoint waypoint =
            new PlainWaypoint(folder)
                .serve("reviews", primary)
                .endpoint("shadow", (InetSocketAddress) silent.getLocalSocketAddress())
                .rules("reviews", PlainWaypoint.port("HTTP1", filter))
                .streamIdle("1s")
                .start()) {
      silent.setSoTimeout(10_000);
      Socket client = new Socket(InetAddress.getLoopbackAddress(), waypoint.port("reviews"));
      client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      try (Socket copy = silent.accept()) {
        copy.setSoTimeout(10_000);
        client.close();
        copy.getInputStream().readAllBytes();
        return true;
      } catch (SocketTimeoutException e) {
        return false;
      } catch (SocketException e) {
        return true;
      }
    }
  }

  @Test
  void aCopyEndsIfItsEndpointNeverAnswersOrTheOriginalIsNeverWhole() throws Exception {
    String line = " / HTTP/1.1\r\nhost: h\r\n";

    assertThat(endsAfter("GET" + line + "\r\n")).isTrue();
    assertThat(endsAfter("POST" + line + "content-length: 9\r\n\r\nhalf")).isTrue();
  }
}
