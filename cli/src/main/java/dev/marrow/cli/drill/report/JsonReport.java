package dev.marrow.cli.drill.report;

import dev.marrow.cli.drill.Outcome;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A report for machines. The schema only grows. Pure. */
public final class JsonReport {
  private static final JsonMapper JSON = new JsonMapper();

  private JsonReport() {}

  public static String of(List<Outcome> outcomes, About about) {
    ObjectNode root = JSON.createObjectNode();
    root.put("schema", 1)
        .put("tool", about.tool())
        .put("begun", about.begun())
        .put("command", about.command())
        .put("whole", about.whole());
    ArrayNode drills = root.putArray("drills");
    for (Outcome outcome : outcomes) drill(drills.addObject(), outcome);
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
  }

  private static void drill(ObjectNode node, Outcome outcome) {
    node.put("id", outcome.drill().id())
        .put("title", outcome.drill().title())
        .put("fault", outcome.drill().fault())
        .put("pass", outcome.drill().pass())
        .put("verdict", outcome.verdict().name())
        .put("seconds", Math.round(outcome.seconds() * 10) / 10.0);
    if (!outcome.trouble().isEmpty()) node.put("trouble", outcome.trouble());
    ArrayNode checks = node.putArray("checks");
    for (Outcome.Check check : outcome.checks()) {
      checks
          .addObject()
          .put("name", check.name())
          .put("wanted", check.wanted())
          .put("measured", check.measured())
          .put("holds", check.holds());
    }
    ObjectNode figures = node.putObject("figures");
    outcome.figures().forEach(figures::put);
    ArrayNode events = node.putArray("events");
    outcome.events().forEach(events::add);
  }
}
