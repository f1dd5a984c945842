package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.binding.Waypoint;
import dev.marrow.controlplane.compile.binding.WaypointOf;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.proto.waypoint.Destination;
import dev.marrow.proto.waypoint.JwtProvider;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;

/** What a service's and a workload's destination have in common. */
final class CommonRules {
  private CommonRules() {}

  /** True for a Gateway that gets its configuration from us. */
  static boolean served(Answers answers, ObjectKey gateway) {
    return answers
        .ask(new WaypointOf(gateway))
        .filter(waypoint -> waypoint.kind() == Waypoint.Kind.OURS)
        .isPresent();
  }

  static void add(Answers answers, ObjectKey gateway, ObjectKey object, Destination.Builder into) {
    into.setPathNormalization(answers.ask(new MeshOptions()).normalization());
    into.setForwardClientIdentity(
        answers.ask(new WaypointOf(gateway)).map(Waypoint::forwardClientIdentity).orElse(false));
    answers.ask(new TelemetryFor(gateway, object)).ifPresent(into::setTelemetry);
    into.addAllRateLimits(answers.ask(new RateLimitsFor(gateway, object)));
    answers.ask(new CompressionFor(gateway, object)).ifPresent(into::setCompression);
  }

  static List<JwtProvider> jwt(Answers answers, ObjectKey gateway, ObjectKey object) {
    List<JwtProvider> providers = new ArrayList<>();
    for (ObjectKey key : answers.ask(new Attachments("RequestAuthentication", gateway, object))) {
      answers
          .object(key)
          .map(found -> JwtReading.read(found, new ArrayList<>(), new ArrayList<>()))
          .ifPresent(providers::addAll);
    }
    return providers;
  }
}
