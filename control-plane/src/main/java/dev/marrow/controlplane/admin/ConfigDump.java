package dev.marrow.controlplane.admin;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.marrow.controlplane.publish.Published;
import dev.marrow.controlplane.publish.ResourceTables;
import dev.marrow.controlplane.publish.ResourceType;
import dev.marrow.resources.Problem;
import dev.marrow.resources.ResourceSnapshot;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** All that is served and what could not be read, as JSON for people. Thread-safe. */
public final class ConfigDump {
  private static final JsonMapper JSON = new JsonMapper();

  private final ResourceTables tables;

  public ConfigDump(ResourceTables tables) {
    this.tables = tables;
  }

  /** The state beside {@code objects}. */
  public String text(ResourceSnapshot objects) {
    ObjectNode dump = JSON.createObjectNode();
    for (ResourceType type : ResourceType.values()) {
      if (type != ResourceType.WORKLOAD) {
        ArrayNode list = dump.putArray(type.name().toLowerCase(Locale.ROOT));
        tables.all(type).forEach(resource -> list.add(json(resource)));
      }
    }
    ArrayNode problems = dump.putArray("problems");
    objects.problems().stream().map(Problem::toString).forEach(problems::add);
    ObjectNode kinds = dump.putObject("objects");
    objects.kinds().stream().sorted().forEach(kind -> kinds.put(kind, objects.all(kind).size()));
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(dump);
  }

  private static ObjectNode json(Published resource) {
    ObjectNode json = JSON.createObjectNode();
    json.put("name", resource.id().name()).put("version", resource.version());
    if (!resource.id().scope().isEmpty()) {
      json.put("gateway", resource.id().scope());
    }
    try {
      json.set("resource", JSON.readTree(JsonFormat.printer().print(resource.message())));
    } catch (InvalidProtocolBufferException e) {
      json.put("resource", String.valueOf(resource.message()));
    }
    return json;
  }
}
