package dev.marrow.mesh.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any text as the local file: a mesh, or a refusal that names the file. */
class LocalFileFuzzTest {
  static Stream<byte[]> files() {
    return Stream.of(
            """
            workloads:
            - uid: cluster1//v1/Pod/default/web
              name: web
              namespace: default
              serviceAccount: web
              workloadIps: ["127.0.0.2", "fd00::2"]
              protocol: HBONE
              services:
                "default/web.default.svc.cluster.local":
                  80: 8080
            services:
            - name: web
              namespace: default
              hostname: web.default.svc.cluster.local
              vips: ["/127.10.0.1"]
              ports: {80: 8080}
            policies:
            - name: only-web
              namespace: default
              scope: Namespace
              action: Allow
              rules: [[[{principals: [{exact: cluster.local/ns/default/sa/web}]}]]]
            """,
            "{workloads: [], services: [], policies: []}",
            "a: &a [*a]",
            "- \u0000")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("files")
  @FuzzTest
  void aFileIsAMeshOrIsRefusedWithItsName(byte[] input) {
    try {
      LocalFile.parse("mesh.yaml", new String(input, StandardCharsets.UTF_8));
    } catch (LocalFileException refused) {
      assertThat(refused).hasMessageStartingWith("mesh.yaml");
    }
  }
}
