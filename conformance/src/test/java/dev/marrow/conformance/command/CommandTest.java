package dev.marrow.conformance.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.marrow.conformance.command.Kit.Ended;
import dev.marrow.conformance.peer.Defect;
import dev.marrow.conformance.peer.ReferencePeer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class CommandTest {
  @TempDir Path folder;
  private Kit kit;

  @BeforeEach
  void files() throws Exception {
    kit = new Kit(folder);
  }

  private Ended judge(String name, String only, Defect... defects) throws Exception {
    try (ReferencePeer peer = kit.peer(defects)) {
      String out = folder.resolve(name).toString();
      return kit.with(
          "run", peer.address().getPort(), "--only", only, "--out", out, "--gate", "must");
    }
  }

  @Test
  void aGoodPeerEndsWithZeroAndABrokenMustWithOne() throws Exception {
    Ended good = judge("good", "CON-03,TUN-04");
    Ended bad = judge("bad", "CON-03,TUN-04", Defect.SENDS_FIN_FOR_RST);

    assertThat(good.exit()).as(good.out()).isZero();
    assertThat(bad.exit()).as(bad.out()).isEqualTo(1);
    assertThat(bad.out()).containsPattern("FAIL +H TUN-04");
  }

  @Test
  void aDifferenceNamesWhatFailsNow() throws Exception {
    judge("before", "CON-03,TUN-04");
    judge("after", "CON-03,TUN-04", Defect.SENDS_FIN_FOR_RST);

    Ended worse =
        Kit.execute(
            "diff", folder.resolve("before") + "", folder.resolve("after") + "", "--gate", "must");
    Ended better = Kit.execute("diff", folder.resolve("after") + "", folder.resolve("before") + "");

    assertThat(worse.exit()).isEqualTo(1);
    assertThat(worse.out()).contains("1 newly failing").contains("TUN-04");
    assertThat(better.exit()).isZero();
    assertThat(better.out()).contains("1 newly passing");
  }

  @Test
  void aMatrixHasAColumnForEachReport() throws Exception {
    judge("a", "CON-03");
    judge("b", "CON-03,TUN-04");

    Ended shown =
        Kit.execute("matrix", folder.resolve("a") + "", folder.resolve("b/report.json") + "");
    Ended written =
        Kit.execute(
            "matrix", folder.resolve("a") + "", folder.resolve("b") + "", "--out", folder + "/m");

    assertThat(shown.out()).contains("| CON-03 |").contains("| – | PASS |");
    assertThat(written.exit()).isZero();
    assertThat(folder.resolve("m/matrix.html")).exists();
  }

  @Test
  void aReplayRunsTheOneCaseAgain() throws Exception {
    try (ReferencePeer peer = kit.peer()) {
      kit.with("run", peer.address().getPort(), "--only", "CON-03,CON-13", "--out", folder + "/r");

      Ended again = Kit.execute("replay", "con-13", "--from", folder + "/r");

      assertThat(again.exit()).as(again.err()).isZero();
    }
  }

  @Test
  void aReportIsServedOnLoopback() throws Exception {
    Files.writeString(folder.resolve("report.html"), "here");
    HttpServer server = ServeCommand.start(folder, 0);
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri =
          URI.create("http://127.0.0.1:%d/report.html".formatted(server.getAddress().getPort()));

      String body =
          client
              .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
              .body();

      assertThat(body).isEqualTo("here");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void wrongUsageEndsWithSixtyFour() {
    assertThat(Kit.execute("run", "--no-such-option").exit()).isEqualTo(64);
    assertThat(Kit.execute("explain", "NO-99").exit()).isEqualTo(64);
    assertThat(Kit.execute("diff", "one").exit()).isEqualTo(64);
  }

  @Test
  void aMissingReportIsSaidWithItsName() {
    Ended ended = Kit.execute("diff", "no-such-a", "no-such-b");

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.err()).contains("no-such-a");
  }
}
