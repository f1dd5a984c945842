package dev.marrow.nodeagent.cni;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PluginTest {
  private static final String CHAIN =
      "{\"name\":\"net\",\"plugins\":[{\"type\":\"ptp\"},{\"type\":\"portmap\"}]}";

  @TempDir Path dir;
  private Plugin plugin;

  @BeforeEach
  void place() throws IOException {
    for (String folder : List.of("source", "bin", "conf")) {
      Files.createDirectories(dir.resolve(folder));
    }
    Files.writeString(dir.resolve("source/marrow-cni"), "#!@BUSYBOX@ sh\n@EXCHANGE@ @OUTSIDE@\n");
    Files.writeString(dir.resolve("source/busybox"), "shell");
    Files.writeString(dir.resolve("conf/10-net.conflist"), CHAIN);
    Files.writeString(dir.resolve("conf/20-later.conflist"), CHAIN);
    plugin =
        new Plugin(
            new PluginPlaces(
                dir.resolve("source"),
                dir.resolve("bin"),
                Path.of("/opt/cni/bin"),
                dir.resolve("conf"),
                Path.of("/run/x"),
                List.of("kube-system", "mesh")));
  }

  @Test
  void itIsLastInTheChainThatTheRuntimeReads() throws IOException {
    plugin.install();
    plugin.install();

    assertThat(types("10-net")).containsExactly("ptp", "portmap", "marrow-cni");
    assertThat(types("20-later")).containsExactly("ptp", "portmap");
    assertThat(Files.readString(dir.resolve("bin/marrow-cni")))
        .isEqualTo("#!/opt/cni/bin/busybox-marrow-cni sh\n/run/x kube-system mesh\n");
    assertThat(dir.resolve("bin/busybox-marrow-cni").toFile().canExecute()).isTrue();
  }

  @Test
  void removalLeavesWhatWasThere() throws IOException {
    JsonNode before = read("10-net");
    plugin.install();

    plugin.remove();

    assertThat(read("10-net")).isEqualTo(before);
    assertThat(dir.resolve("bin")).isEmptyDirectory();
  }

  @Test
  void aFileThatNobodyCanReadIsPassedByAsTheRuntimeDoes() throws IOException {
    Files.writeString(dir.resolve("conf/00-broken.conflist"), "{");

    plugin.install();

    assertThat(types("10-net")).containsExactly("ptp", "portmap", "marrow-cni");
    assertThat(types("20-later")).containsExactly("ptp", "portmap");
  }

  @Test
  void removalPassesByAFileThatNobodyCanRead() throws IOException {
    plugin.install();
    Files.writeString(dir.resolve("conf/00-broken.conflist"), "{");

    plugin.remove();

    assertThat(types("10-net")).containsExactly("ptp", "portmap");
    assertThat(dir.resolve("bin")).isEmptyDirectory();
  }

  @Test
  void aChainThatSomebodyWritesAnewIsJoinedAgain() throws IOException {
    plugin.install();
    Files.writeString(dir.resolve("conf/10-net.conflist"), CHAIN);

    assertThat(plugin.chain()).isTrue();

    assertThat(types("10-net")).endsWith("marrow-cni");
  }

  @Test
  void aNodeWithoutAConfigurationIsWaitedFor() throws IOException {
    Files.delete(dir.resolve("conf/10-net.conflist"));
    Files.delete(dir.resolve("conf/20-later.conflist"));

    assertThat(plugin.chain()).isFalse();
  }

  private JsonNode read(String name) throws IOException {
    return new JsonMapper().readTree(Files.readString(dir.resolve("conf/" + name + ".conflist")));
  }

  private List<String> types(String name) throws IOException {
    return read(name).path("plugins").valueStream().map(p -> p.path("type").stringValue()).toList();
  }
}
