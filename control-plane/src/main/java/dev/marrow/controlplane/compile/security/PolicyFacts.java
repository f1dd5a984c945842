package dev.marrow.controlplane.compile.security;

import dev.marrow.controlplane.compile.Selector;
import dev.marrow.controlplane.compile.TargetRef;
import dev.marrow.resources.ObjectKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An AuthorizationPolicy as it was written, read strictly.
 *
 * @param selector none: all workloads of the namespace
 * @param provider of a CUSTOM policy; empty otherwise
 */
public record PolicyFacts(
    ObjectKey key,
    Action action,
    Optional<Selector> selector,
    List<TargetRef> targets,
    List<Rule> rules,
    boolean dryRun,
    String provider) {

  /** What happens on a match. */
  public enum Action {
    ALLOW,
    DENY,
    AUDIT,
    CUSTOM
  }

  /** One rule; an element of {@code from} or {@code to} is its field names with their values. */
  public record Rule(
      List<Map<String, List<String>>> from,
      List<Map<String, List<String>>> to,
      List<Condition> when) {
    public Rule {
      from = List.copyOf(from);
      to = List.copyOf(to);
      when = List.copyOf(when);
    }
  }

  /** One condition of a rule. */
  public record Condition(String key, List<String> values, List<String> notValues) {
    public Condition {
      values = List.copyOf(values);
      notValues = List.copyOf(notValues);
    }
  }

  public PolicyFacts {
    targets = List.copyOf(targets);
    rules = List.copyOf(rules);
  }

  /** True where only a waypoint can enforce it. */
  public boolean attached() {
    return !targets.isEmpty();
  }

  /** The name of its resource. */
  public String resource() {
    return key.namespace() + "/" + key.name();
  }
}
