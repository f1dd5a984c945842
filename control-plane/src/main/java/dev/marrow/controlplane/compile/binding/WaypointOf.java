package dev.marrow.controlplane.compile.binding;

import dev.marrow.controlplane.compile.Labels;
import dev.marrow.controlplane.compile.Selector;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A Gateway read as a waypoint; none where there is no such Gateway. */
public record WaypointOf(ObjectKey gateway) implements Question<Optional<Waypoint>> {
  @Override
  public Optional<Waypoint> answer(Answers answers) {
    return answers.object(gateway).map(object -> read(object, answers));
  }

  private static Waypoint read(KubeObject object, Answers answers) {
    String className = object.spec().path("gatewayClassName").stringValue("");
    Waypoint.Kind kind = GatewayClasses.kindOf(answers, className);
    Optional<String> account = labelOrAnnotation(object, Labels.FOR_SERVICE_ACCOUNT);
    boolean skip = "true".equals(object.annotations().get(Labels.SKIP_WITHOUT_RULES));
    return new Waypoint(
        object.key(),
        kind,
        traffic(object, className, account.isPresent(), answers),
        account,
        attachment(object),
        object.annotations().getOrDefault(Labels.SERVICE_ACCOUNT, object.name()),
        object.spec().path("addresses").isEmpty(),
        "true".equals(object.annotations().get(Labels.FAIL_OPEN)),
        skip || "true".equals(object.annotations().get(Labels.ALLOW_BYPASS)),
        skip,
        "true".equals(object.annotations().get(Labels.CLIENT_IDENTITY)));
  }

  private static Optional<String> labelOrAnnotation(KubeObject object, String name) {
    String value = object.labels().getOrDefault(name, object.annotations().getOrDefault(name, ""));
    return value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  private static Waypoint.Traffic traffic(
      KubeObject object, String className, boolean forAccount, Answers answers) {
    // An account's waypoint is in front of its workloads and so of the services made of them.
    String standard = forAccount ? "all" : "service";
    String ofClass =
        GatewayClasses.find(answers, className)
            .map(known -> known.labels().getOrDefault(Labels.WAYPOINT_FOR, standard))
            .orElse(standard);
    return Waypoint.Traffic.parse(object.labels().getOrDefault(Labels.WAYPOINT_FOR, ofClass))
        .orElse(new Waypoint.Traffic(false, false));
  }

  private static Waypoint.Attachment attachment(KubeObject object) {
    JsonNode namespaces = listener(object).path("allowedRoutes").path("namespaces");
    return switch (namespaces.path("from").stringValue("Same")) {
      case "All" -> new Waypoint.Attachment.All();
      case "Selector" -> new Waypoint.Attachment.Selected(Selector.of(namespaces.path("selector")));
      default -> new Waypoint.Attachment.Same();
    };
  }

  /** The listener that a waypoint is reached on: HBONE, on 15008. */
  private static JsonNode listener(KubeObject object) {
    for (JsonNode listener : object.spec().path("listeners")) {
      boolean hbone = listener.path("protocol").stringValue("").equals("HBONE");
      if (hbone && listener.path("port").asInt(0) == 15008) {
        return listener;
      }
    }
    return object.spec().path("listeners").path(0);
  }
}
