package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.security.PolicyFacts;
import dev.marrow.controlplane.compile.security.PolicyFactsOf;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.waypoint.AuthorizationPolicy;
import dev.marrow.proto.waypoint.ExternalAuthorization;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The policies that a waypoint enforces in front of a destination.
 *
 * @param destination the Gateway itself for what is attached to it alone
 */
record PoliciesFor(ObjectKey gateway, ObjectKey destination)
    implements Question<List<AuthorizationPolicy>> {
  @Override
  public List<AuthorizationPolicy> answer(Answers answers) {
    Map<String, ExternalAuthorization> providers = answers.ask(new MeshOptions()).authorizers();
    List<AuthorizationPolicy> policies = new ArrayList<>();
    for (ObjectKey key :
        answers.ask(new Attachments("AuthorizationPolicy", gateway, destination))) {
      Optional<PolicyFacts> facts = answers.ask(new PolicyFactsOf(key));
      facts
          .map(f -> WaypointPolicy.of(f, Optional.ofNullable(providers.get(f.provider()))))
          .ifPresent(policies::add);
    }
    return policies;
  }
}
