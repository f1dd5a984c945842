package dev.marrow.waypoint.route;

import dev.marrow.http.Headers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rule for a request, by Gateway API's precedence: the most specific host name first,
 * then the most specific match of all rules for it; or simply the first that matches. Immutable,
 * built once per configuration.
 */
public final class RouteTable {
  /** A rule, and the match of it that held. */
  public record Matched(Rule rule, RequestMatch match) {}

  private final List<Rule> rules;
  private final HostTable any;
  private final Map<String, HostTable> exact = new LinkedHashMap<>();

  /** By what follows the asterisk, with its dot. */
  private final Map<String, HostTable> wildcards = new LinkedHashMap<>();

  /** {@code rules} in the order of their routes' age, then name. */
  public RouteTable(List<Rule> rules) {
    this(rules, false);
  }

  /**
   * {@code inOrder}: the first rule that matches wins (VirtualService); else {@code rules} are in
   * the order of their routes' age, then name.
   */
  public RouteTable(List<Rule> rules, boolean inOrder) {
    this.rules = List.copyOf(rules);
    Map<String, List<Candidate>> hosts = new LinkedHashMap<>();
    hosts.put("*", new ArrayList<>());
    for (int age = 0; age < rules.size(); age++) {
      Rule rule = rules.get(age);
      for (String host : rule.hostnames().isEmpty() ? List.of("*") : rule.hostnames()) {
        List<Candidate> group = hosts.computeIfAbsent(host, h -> new ArrayList<>());
        for (RequestMatch match : rule.matches()) {
          group.add(new Candidate(rule, match, age, 0));
        }
      }
    }
    any = new HostTable(hosts.remove("*"), inOrder);
    hosts.forEach((host, group) -> {
      if (host.startsWith("*.")) {
        wildcards.put(host.substring(1), new HostTable(group, inOrder));
      } else {
        exact.put(host, new HostTable(group, inOrder));
      }
    });
  }

  /** As they came. */
  public List<Rule> rules() {
    return rules;
  }

  /** The rule for {@code request}, or null if no rule matches. */
  public @Nullable Matched match(Headers request) {
    Candidate found = exact.isEmpty() && wildcards.isEmpty() ? any.find(request) : byHost(request);
    return found == null ? null : new Matched(found.rule(), found.match());
  }

  private @Nullable Candidate byHost(Headers request) {
    String host = RequestTexts.host(request);
    Candidate found = find(exact.get(host), request);
    for (int dot = host.indexOf('.'); found == null && dot >= 0; dot = host.indexOf('.', dot + 1)) {
      found = find(wildcards.get(host.substring(dot)), request);
    }
    return found != null ? found : any.find(request);
  }

  private static @Nullable Candidate find(@Nullable HostTable table, Headers request) {
    return table == null ? null : table.find(request);
  }
}
