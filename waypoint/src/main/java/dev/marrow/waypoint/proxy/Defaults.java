package dev.marrow.waypoint.proxy;

import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.waypoint.route.Backend;
import dev.marrow.waypoint.route.Rule;
import java.util.LinkedHashMap;
import java.util.Map;

/** The rule of a destination without routes: to itself. */
final class Defaults {
  private record Key(ServiceKey service, int port) {}

  private static final Rule TO_WORKLOAD = Rule.toItself(new Backend.OriginalWorkload());
  private static final int KEPT = 1024;

  /** Of one event loop's thread: rules are values, so that a lost one is only made again. */
  private static final ThreadLocal<Map<Key, Rule>> RULES =
      ThreadLocal.withInitial(LinkedHashMap::new);

  private Defaults() {}

  static Rule rule(Site.Bound site) {
    return switch (site.backend()) {
      case Site.Behind.OfWorkload workload -> TO_WORKLOAD;
      case Site.Behind.OfService service -> {
        Map<Key, Rule> rules = RULES.get();
        Key key = new Key(service.service().key(), site.port());
        Rule known = rules.get(key);
        if (known == null) {
          known = Rule.toItself(new Backend.OfService(key.service(), key.port(), "", null));
          if (rules.size() > KEPT) {
            rules.clear();
          }
          rules.put(key, known);
        }
        yield known;
      }
    };
  }
}
