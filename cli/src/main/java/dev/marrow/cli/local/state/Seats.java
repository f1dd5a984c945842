package dev.marrow.cli.local.state;

import dev.marrow.cli.local.plan.PodKey;
import dev.marrow.cli.local.plan.Seat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who has which address, kept in a file so that a supervisor that comes back gives nothing away
 * twice. Confined to the supervisor's thread.
 */
public final class Seats {
  private static final JsonMapper JSON = new JsonMapper();

  private final Path file;
  private final Map<PodKey, Seat> pods = new TreeMap<>();
  private final Map<String, Integer> services = new TreeMap<>();
  private String saved = "";

  private Seats(Path file) {
    this.file = file;
  }

  public static Seats open(Path file) throws IOException {
    Seats seats = new Seats(file);
    Optional<String> text = StateDirectory.read(file);
    if (text.isEmpty()) return seats;
    JsonNode root = JSON.readTree(text.get());
    root.path("pods")
        .properties()
        .forEach(entry -> {
          String[] names = entry.getKey().split("/", 2);
          JsonNode seat = entry.getValue();
          seats.pods.put(
              new PodKey(names[0], names[1]),
              new Seat(
                  seat.path("node").asInt(),
                  seat.path("slot").asInt(),
                  seat.path("uid").asString()));
        });
    root.path("services")
        .properties()
        .forEach(entry -> seats.services.put(entry.getKey(), entry.getValue().asInt()));
    return seats;
  }

  /** Changeable, for the planner. */
  public Map<PodKey, Seat> pods() {
    return pods;
  }

  /** Changeable, for the planner. */
  public Map<String, Integer> services() {
    return services;
  }

  public void save() throws IOException {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode podNodes = root.putObject("pods");
    pods.forEach((key, seat) ->
        podNodes
            .putObject(key.toString())
            .put("node", seat.node())
            .put("slot", seat.slot())
            .put("uid", seat.uid()));
    ObjectNode serviceNodes = root.putObject("services");
    services.forEach(serviceNodes::put);
    String text = JSON.writeValueAsString(root);
    if (!text.equals(saved)) StateDirectory.write(file, text);
    saved = text;
  }
}
