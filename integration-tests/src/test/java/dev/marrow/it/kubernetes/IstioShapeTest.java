package dev.marrow.it.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.ztunnel.settings.HostPort;
import dev.marrow.ztunnel.settings.Knob;
import dev.marrow.ztunnel.settings.Mode;
import dev.marrow.ztunnel.settings.Settings;
import dev.marrow.ztunnel.settings.SettingsReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What Istio's chart says to a node proxy, as {@code ClusterIT} runs ours with it. */
class IstioShapeTest {
  @Test
  void everyVariableOfTheDaemonSetIsUnderstood() throws Exception {
    Map<String, String> variables = variables();

    Settings settings = SettingsReader.read(variables);

    assertThat(variables.keySet())
        .allMatch(name -> Knob.named(name).isPresent() || name.startsWith("ISTIO_META_"));
    var istiod = new HostPort("istiod.istio-system.svc", 15012);
    assertThat(settings.mesh().source().xds().orElseThrow().address()).isEqualTo(istiod);
    assertThat(settings.node().nodeName()).isEqualTo("spec.nodeName");
    assertThat(settings.connections().waits().drain()).isEqualTo(Duration.ofSeconds(25));
    assertThat(settings.mode())
        .isEqualTo(new Mode.Shared(Path.of("/var/run/ztunnel/ztunnel.sock"), true));
    assertThat(settings.mesh().nodeMetadata()).containsEntry("ENABLE_HBONE", "true");
  }

  /** As a kubelet would set them; what it looks up has its path for a value, amounts are 8. */
  private static Map<String, String> variables() throws IOException {
    var variables = new HashMap<String, String>();
    try (var objects =
        new YAMLMapper()
            .readerFor(JsonNode.class)
            .<JsonNode>readValues(Cluster.resource("istio-ztunnel.yaml"))) {
      while (objects.hasNextValue()) {
        for (JsonNode variable : objects.nextValue().at("/spec/template/spec/containers/0/env")) {
          variables.put(variable.path("name").asString(), value(variable));
        }
      }
    }
    return variables;
  }

  private static String value(JsonNode variable) {
    JsonNode from = variable.path("valueFrom");
    return from.has("resourceFieldRef")
        ? "8"
        : from.at("/fieldRef/fieldPath").asString(variable.path("value").asString(""));
  }
}
