package dev.marrow.nodeagent.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The plugin itself, run by a busybox if there is one, and the agent's side of it. */
class PluginRequestsTest {
  private static final String RESULT =
      "{\"ips\":[{\"address\":\"198.18.1.7/24\"}],\"x\":\"}{\\\"\"}";
  private static final String CONFIG =
      "{\"cniVersion\":\"1.0.0\",\"prevResult\":%s,\"type\":\"marrow-cni\"}".formatted(RESULT);

  @TempDir Path dir;
  private final List<PodNetwork> asked = Collections.synchronizedList(new ArrayList<>());
  private Path script = Path.of("");

  @BeforeEach
  void place() throws IOException {
    Path busybox =
        Stream.of(
                "/bin/busybox",
                "/usr/bin/busybox",
                System.getenv().getOrDefault("MARROW_BUSYBOX", "/"))
            .map(Path::of)
            .filter(path -> Files.isRegularFile(path) && Files.isExecutable(path))
            .findFirst()
            .orElse(Path.of(""));
    assumeTrue(!busybox.toString().isEmpty(), "no busybox here (expected: package busybox-static)");
    script = dir.resolve("marrow-cni");
    String text =
        Files.readString(Path.of("../images/cni/marrow-cni"))
            .replace("@BUSYBOX@", busybox.toString())
            .replace("@EXCHANGE@", dir.toString())
            .replace("@OUTSIDE@", "kube-system marrow-system");
    Files.writeString(script, text);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void anAdmittedPodGetsTheResultOfThePluginsBefore() throws Exception {
    try (var answering = PluginRequests.answer(dir, asked::add)) {
      Run run = run("ADD", "shop");

      assertThat(run.status).isZero();
      assertThat(new JsonMapper().readTree(run.output))
          .isEqualTo(new JsonMapper().readTree(RESULT));
    }
    PodNetwork pod = asked.getFirst();
    assertThat(pod.toString()).isEqualTo("shop/web-1");
    assertThat(pod.uid()).isEqualTo("u-1");
    assertThat(pod.netns()).isEqualTo("/var/run/netns/cni-1");
    assertThat(pod.addresses()).extracting(a -> a.getHostAddress()).containsExactly("198.18.1.7");
  }

  @Test
  void aRefusedPodDoesNotBegin() throws Exception {
    try (var answering =
        PluginRequests.answer(
            dir,
            pod -> {
              throw new IOException("not \"now\"");
            })) {
      Run run = run("ADD", "shop");

      assertThat(run.status).isEqualTo(1);
      assertThat(new JsonMapper().readTree(run.output).path("msg").stringValue())
          .isEqualTo("marrow-cni: not  now ");
    }
  }

  @Test
  void aRequestWaitsForTheNextAgent() throws Exception {
    PluginRequests.answer(dir, asked::add).close();
    Process plugin = start("ADD", "shop");
    while (Stream.of(dir.resolve("requests").toFile().listFiles()).allMatch(f -> f.isHidden())) {
      Thread.onSpinWait();
    }

    try (var next = PluginRequests.answer(dir, asked::add)) {
      assertThat(finish(plugin).status).isZero();
    }
    assertThat(asked).hasSize(1);
  }

  @Test
  void podsOfTheMeshItselfAndDeletionsNeedNoAgent() throws Exception {
    assertThat(run("ADD", "marrow-system").status).isZero();
    assertThat(run("DEL", "shop").status).isZero();
    assertThat(run("VERSION", "shop").output).contains("supportedVersions");
  }

  private record Run(int status, String output) {}

  private Run run(String command, String namespace) throws Exception {
    return finish(start(command, namespace));
  }

  private Process start(String command, String namespace) throws IOException {
    var plugin = new ProcessBuilder(script.toString());
    plugin
        .environment()
        .putAll(
            Map.of(
                "CNI_COMMAND", command,
                "CNI_CONTAINERID", "c1",
                "CNI_NETNS", "/var/run/netns/cni-1",
                "CNI_IFNAME", "eth0",
                "CNI_ARGS",
                    "IgnoreUnknown=1;K8S_POD_NAMESPACE=%s;K8S_POD_NAME=web-1;K8S_POD_UID=u-1"
                        .formatted(namespace)));
    Process process = plugin.start();
    try (var in = process.getOutputStream()) {
      in.write(CONFIG.getBytes(StandardCharsets.UTF_8));
    } catch (IOException notRead) {
      assertThat(command).isNotEqualTo("ADD");
    }
    return process;
  }

  private static Run finish(Process plugin) throws Exception {
    String output = new String(plugin.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(plugin.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return new Run(plugin.exitValue(), output);
  }
}
