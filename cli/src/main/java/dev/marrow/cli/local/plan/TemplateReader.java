package dev.marrow.cli.local.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Reads pod templates. Pure. */
final class TemplateReader {
  /** The template cannot run here; the message names the field. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message);
    }
  }

  private TemplateReader() {}

  /** Reads {@code metadata} and {@code spec} of a pod or of a Deployment's template. */
  static PodTemplate read(JsonNode pod) throws Unusable {
    JsonNode spec = pod.path("spec");
    Map<String, Integer> ports = new HashMap<>();
    List<Container> containers = new ArrayList<>();
    for (JsonNode container : spec.path("containers")) {
      for (JsonNode port : container.path("ports")) {
        if (port.hasNonNull("name"))
          ports.put(port.path("name").stringValue(""), port.path("containerPort").asInt(0));
      }
      containers.add(container(container, "spec.containers[" + containers.size() + "]", ports));
    }
    if (containers.isEmpty()) throw new Unusable("spec.containers: none (expected: >= 1)");
    return new PodTemplate(
        texts(pod.path("metadata").path("labels")),
        texts(pod.path("metadata").path("annotations")),
        spec.path("serviceAccountName").stringValue("default"),
        containers,
        ports,
        Duration.ofSeconds(spec.path("terminationGracePeriodSeconds").asInt(10)),
        spec);
  }

  private static Container container(JsonNode container, String where, Map<String, Integer> ports)
      throws Unusable {
    List<String> command = new ArrayList<>(strings(container.path("command")));
    if (command.isEmpty()) {
      throw new Unusable(
          where
              + ".command: none (expected: a program of this machine; the local mesh runs no images)");
    }
    command.addAll(strings(container.path("args")));
    return new Container(
        container.path("name").stringValue("app"),
        command,
        container.path("workingDir").stringValue("/"),
        environment(container.path("env"), where),
        readiness(container, where, ports));
  }

  private static List<Variable> environment(JsonNode entries, String where) throws Unusable {
    List<Variable> variables = new ArrayList<>();
    for (JsonNode entry : entries) {
      String name = entry.path("name").stringValue("");
      if (name.isEmpty() || name.contains("=")) {
        throw new Unusable(where + ".env: name '" + name + "' (expected: a variable's name)");
      }
      JsonNode source = entry.path("valueFrom");
      if (source.isMissingNode() || source.isNull()) {
        variables.add(new Variable.Fixed(name, entry.path("value").asString("")));
      } else if (source.has("fieldRef")) {
        variables.add(
            new Variable.FromField(
                name, source.path("fieldRef").path("fieldPath").stringValue("")));
      } else {
        throw new Unusable(
            where + ".env." + name + ": " + source + " (expected: value or valueFrom.fieldRef)");
      }
    }
    return variables;
  }

  private static Probe readiness(JsonNode container, String where, Map<String, Integer> ports)
      throws Unusable {
    JsonNode probe = container.path("readinessProbe");
    if (probe.has("httpGet")) {
      JsonNode get = probe.path("httpGet");
      return new Probe.Http(
          port(get.path("port"), ports, where), get.path("path").stringValue("/"));
    }
    if (probe.has("tcpSocket"))
      return new Probe.Tcp(port(probe.path("tcpSocket").path("port"), ports, where));
    if (probe.has("exec")) return new Probe.Exec(strings(probe.path("exec").path("command")));
    for (JsonNode port : container.path("ports")) {
      boolean tcp = port.path("protocol").stringValue("TCP").equals("TCP");
      if (tcp && port.has("containerPort"))
        return new Probe.Tcp(port.path("containerPort").asInt(0));
    }
    return new Probe.Alive();
  }

  private static int port(JsonNode port, Map<String, Integer> names, String where) throws Unusable {
    int number = port.isString() ? names.getOrDefault(port.stringValue(""), 0) : port.asInt(0);
    if (number < 1 || number > 65_535) {
      throw new Unusable(
          where
              + ".readinessProbe: port "
              + port
              + " (expected: 1..65535 or a named container port)");
    }
    return number;
  }

  static List<String> strings(JsonNode array) {
    List<String> texts = new ArrayList<>();
    for (JsonNode item : array) texts.add(item.asString(""));
    return texts;
  }

  static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new HashMap<>();
    object.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asString("")));
    return texts;
  }
}
