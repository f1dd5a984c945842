package dev.marrow.ztunnel.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.TestMesh;
import dev.marrow.mesh.xds.AdsResource;
import dev.marrow.mesh.xds.MeshSubscription;
import dev.marrow.mesh.xds.ResourceHandler;
import dev.marrow.proto.discovery.DeltaDiscoveryResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code /config_dump} beside that of Istio's node proxy, which was told the same: {@code istioctl}
 * must find every field it knows, with the same value.
 */
class ForeignDumpTest {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void everyFieldOfTheOtherProxysDumpIsInOurs() throws Exception {
    MeshView view = told();
    JsonNode theirs = JSON.readTree(text("dump.json"));
    List<String> differences = new ArrayList<>();

    differ("workloads", theirs.path("workloads"), json(ConfigDump.workloads(view)), differences);
    differ("services", theirs.path("services"), json(ConfigDump.services(view)), differences);
    differ("policies", theirs.path("policies"), json(PolicyDump.policies(view)), differences);

    assertThat(theirs.path("workloads")).hasSize(3);
    assertThat(differences).isEmpty();
  }

  private static MeshView told() throws Exception {
    MeshSubscription mesh = new MeshSubscription(new TestMesh().current());
    for (String block : text("answers.txt").split("(?m)^--- answer\\s*$")) {
      DeltaDiscoveryResponse answer = TextFormat.parse(block, DeltaDiscoveryResponse.class);
      for (ResourceHandler handler : mesh.handlers()) {
        if (handler.typeUrl().equals(answer.getTypeUrl())) {
          List<AdsResource> resources =
              answer.getResourcesList().stream()
                  .map(r ->
                      new AdsResource(
                          r.getName(),
                          r.getAliasesList(),
                          r.getVersion(),
                          r.getResource().getValue()))
                  .toList();
          assertThat(handler.apply(resources, List.of())).isEmpty();
        }
      }
    }
    return mesh.current();
  }

  private static void differ(String at, JsonNode theirs, JsonNode ours, List<String> differences) {
    if (theirs.isObject() && ours.isObject()) {
      theirs
          .properties()
          .forEach(field ->
              differ(
                  at + "." + field.getKey(),
                  field.getValue(),
                  ours.path(field.getKey()),
                  differences));
    } else if (theirs.isArray() && ours.isArray() && theirs.size() == ours.size()) {
      for (int i = 0; i < theirs.size(); i++) {
        differ(at + "[" + i + "]", theirs.get(i), ours.get(i), differences);
      }
    } else if (!theirs.equals(ours)) {
      differences.add("%s: theirs %s, ours %s".formatted(at, theirs, ours));
    }
  }

  private static JsonNode json(Object value) {
    return JSON.readTree(Json.write(value));
  }

  private static String text(String name) throws IOException {
    try (InputStream in = ForeignDumpTest.class.getResourceAsStream("/foreign/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
