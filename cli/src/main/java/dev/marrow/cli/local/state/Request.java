package dev.marrow.cli.local.state;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a mesh was asked to be; kept so that a supervisor that comes back goes on with the same.
 *
 * @param config the user's directory of YAML
 * @param home the distribution whose programs it runs
 * @param variables of the environment of our programs, by program ({@code ztunnel}, {@code
 *     waypoint}…)
 */
public record Request(
    String prefix,
    Path config,
    int nodes,
    Path home,
    String redirect,
    Map<String, Map<String, String>> variables) {
  public Request {
    variables = Map.copyOf(variables);
  }

  private static final JsonMapper JSON = new JsonMapper();

  public void write(StateDirectory state) throws IOException {
    ObjectNode node = JSON.createObjectNode();
    node.put("prefix", prefix)
        .put("config", config.toString())
        .put("nodes", nodes)
        .put("home", home.toString());
    node.put("redirect", redirect);
    ObjectNode programs = node.putObject("variables");
    variables.forEach((program, values) -> values.forEach(programs.withObject("/" + program)::put));
    StateDirectory.write(
        state.request(), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node));
  }

  public static Request read(StateDirectory state) throws IOException {
    String text =
        StateDirectory.read(state.request())
            .orElseThrow(() ->
                new IOException(
                    state.request() + ": missing (no mesh runs; start one with `marrow up`)"));
    JsonNode node = JSON.readTree(text);
    return new Request(
        node.path("prefix").stringValue(""),
        Path.of(node.path("config").stringValue("")),
        node.path("nodes").asInt(0),
        Path.of(node.path("home").stringValue("")),
        node.path("redirect").stringValue("nftables"),
        variables(node.path("variables")));
  }

  private static Map<String, Map<String, String>> variables(JsonNode programs) {
    Map<String, Map<String, String>> variables = new TreeMap<>();
    programs
        .properties()
        .forEach(program -> {
          Map<String, String> values = new TreeMap<>();
          program
              .getValue()
              .properties()
              .forEach(v -> values.put(v.getKey(), v.getValue().asString("")));
          variables.put(program.getKey(), values);
        });
    return variables;
  }
}
