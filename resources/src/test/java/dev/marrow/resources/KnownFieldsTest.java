package dev.marrow.resources;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.NamespaceSpec;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

class KnownFieldsTest {
  @ParameterizedTest
  @MethodSource
  void allFieldsOfTheClientLibraryAreKnown(Class<?> type, Set<String> known) {
    String[] theirs = type.getAnnotation(JsonPropertyOrder.class).value();

    assertThat(known).containsExactlyInAnyOrder(theirs);
  }

  static Stream<Arguments> allFieldsOfTheClientLibraryAreKnown() {
    return Map.<Class<?>, Set<String>>ofEntries(
            Map.entry(ObjectMeta.class, KnownFields.METADATA),
            Map.entry(Service.class, KnownFields.OBJECT),
            Map.entry(NamespaceSpec.class, KnownFields.NAMESPACE),
            Map.entry(ServiceAccount.class, KnownFields.ACCOUNT),
            Map.entry(ServiceSpec.class, KnownFields.SERVICE),
            Map.entry(ServicePort.class, KnownFields.SERVICE_PORT),
            Map.entry(PodTemplateSpec.class, KnownFields.TEMPLATE),
            Map.entry(PodSpec.class, KnownFields.POD),
            Map.entry(Container.class, KnownFields.CONTAINER),
            Map.entry(ContainerPort.class, KnownFields.CONTAINER_PORT),
            Map.entry(EnvVar.class, KnownFields.VARIABLE),
            Map.entry(Probe.class, KnownFields.PROBE))
        .entrySet()
        .stream()
        .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Namespace | {spec: {x: 1}} | spec.x",
        "ServiceAccount | {spec: {}} | spec",
        "Service | {spec: {ports: [{port: 1}, {prot: 2}]}} | spec.ports[1].prot",
        "Pod | {spec: {contianers: []}} | spec.contianers",
        "Pod | {spec: {containers: [{comand: []}]}} | spec.containers[0].comand",
        "Pod | {spec: {containers: [{env: [{nmae: a}]}]}} | spec.containers[0].env[0].nmae",
        "Deployment | {spec: {replica: 2}} | spec.replica",
        "Deployment | {spec: {template: {labels: {}}}} | spec.template.labels",
        "Deployment | {spec: {template: {metadata: {lables: {}}}}} | spec.template.metadata.lables",
        "DaemonSet | {spec: {replicas: 2}} | spec.replicas",
        "HTTPRoute | {metadata: {lables: {}}} | metadata.lables",
      })
  void aFieldThatAKindDoesNotHaveIsNamed(String kind, String text, String path) {
    assertThat(KnownFields.unknown(kind, object(text))).containsExactly(path);
  }

  @Test
  void ofOtherKindsOnlyTheMetadataIsJudged() {
    assertThat(KnownFields.unknown("HTTPRoute", object("{spec: {x: 1}, data: {}}"))).isEmpty();
  }

  @Test
  void whatAnApiServerAcceptedIsNotJudgedAgain() {
    ObjectNode object = object("{metadata: {resourceVersion: '7'}, spec: {newer: 1}}");

    assertThat(KnownFields.unknown("Service", object)).isEmpty();
  }

  private static ObjectNode object(String text) {
    return (ObjectNode) new YAMLMapper().readTree(text);
  }
}
