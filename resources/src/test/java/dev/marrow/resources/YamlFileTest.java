package dev.marrow.resources;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlFileTest {
  private final YamlFile file = new YamlFile(new FileLimits(10_000, 8, 200, 3));

  @Test
  void documentsAndListsBecomeObjectsWithTheirLines() {
    String text =
        """
        # a comment first
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop, labels: {istio.io/dataplane-mode: ambient}}
        ---
        ---
        kind: List
        items:
        - {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}, spec: {nodeName: n1}}
        """;

    List<KubeObject> objects = objects(text);

    assertThat(objects)
        .extracting(o -> o.key().toString())
        .containsExactly("Namespace shop", "Pod shop/a");
    assertThat(objects.getFirst().labels()).containsEntry("istio.io/dataplane-mode", "ambient");
    assertThat(objects.getFirst().origin()).isEqualTo(new Origin("f.yaml", 2));
    assertThat(objects.get(1).origin().line()).isEqualTo(7);
  }

  @Test
  void theSameKindInAnotherGroupIsAnotherKind() {
    List<KubeObject> objects =
        objects("{apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: g}}");

    assertThat(objects.getFirst().key())
        .isEqualTo(new ObjectKey("Gateway.networking.istio.io", "default", "g"));
    assertThat(objects.getFirst().kind()).isEqualTo("Gateway");
  }

  @Test
  void anEmptyFileHasNoObjects() {
    assertThat(objects("")).isEmpty();
    assertThat(objects("# nothing\n---\n")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'kind: [' | 1 | expected",
        "'a: 1\n b: [' | 2 | mapping values are not allowed here (column 3",
        "'{apiVersion: v1, kind: Pod, metadata: {name: a, lables: {}}}' | 1 | Pod default/a: metadata.lables: unknown field",
        "'{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {selektor: {}}}' | 1 | spec.selektor: unknown field",
        "'apiVersion: v1\nkind: Pod\nmetadata: {}' | 1 | metadata.name: missing",
        "'apiVersion: v1\nkind: Pod\nspec: {}' | 1 | metadata: missing",
        "'metadata: {name: a}' | 1 | apiVersion: missing",
        "'a: 1\n---\nkind: Pod' | 1 | apiVersion: missing",
        "'- a' | 1 | not an object",
        "'a: &x [1]\nb: *x' | 2 | alias '*x'",
        "'a: 1\na: 2' | 2 | a",
        "'a: [[[[[[[[[1]]]]]]]]]' | 1 | nested deeper than 8",
        "'apiVersion: v1\nkind: Pod\nmetadata: {name: ../../etc}' | 1 | metadata.name: '../../etc'",
        "'apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {x: 1}}' | 1 | metadata.labels[x]: 1 (expected: text, in quotes)",
      })
  void badTextIsReportedByLineAndReason(String text, int line, String reason) {
    Problem problem = problem(text);

    assertThat(problem.origin()).isEqualTo(new Origin("f.yaml", line));
    assertThat(problem.reason()).contains(reason);
  }

  @Test
  void limitsHold() {
    String pod = "---\n{apiVersion: v1, kind: Pod, metadata: {name: a%d}}\n";

    assertThat(problem(pod.repeat(4)).reason()).isEqualTo("file: more than 3 objects");
    assertThat(problem("a: [" + "1,".repeat(300) + "1]").reason())
        .isEqualTo("more than 200 values");
  }

  private List<KubeObject> objects(String text) {
    return ((YamlFile.Result.Objects) file.read("f.yaml", text)).objects();
  }

  private Problem problem(String text) {
    return ((YamlFile.Result.Bad) file.read("f.yaml", text.replace("%d", ""))).problem();
  }
}
