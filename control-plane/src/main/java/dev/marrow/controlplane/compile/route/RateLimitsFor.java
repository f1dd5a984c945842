package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.waypoint.RateLimit;
import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;

/** The rate limits of a destination. */
record RateLimitsFor(ObjectKey gateway, ObjectKey destination)
    implements Question<List<RateLimit>> {
  @Override
  public List<RateLimit> answer(Answers answers) {
    List<RateLimit> limits = new ArrayList<>();
    for (ObjectKey key : answers.ask(new Attachments("RateLimit", gateway, destination))) {
      answers
          .object(key)
          .map(object -> RateLimitReading.read(object, new ArrayList<>()))
          .ifPresent(limits::add);
    }
    return limits;
  }
}
