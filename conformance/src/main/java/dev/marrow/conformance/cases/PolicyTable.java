package dev.marrow.conformance.cases;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.policy.Attribute;
import dev.marrow.conformance.policy.Caller;
import dev.marrow.conformance.policy.Enforcement;
import dev.marrow.conformance.policy.Match;
import dev.marrow.conformance.policy.Pattern;
import dev.marrow.conformance.policy.Policy;
import dev.marrow.conformance.policy.PolicyFiles;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.Tunnel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** AUT-05: generated policies, and what the kit's own reading of them says. */
final class PolicyTable {
  private static final int SETS = 64;
  private static final List<String> IDS =
      List.of(
          PolicyChecks.id("default", "alice"),
          PolicyChecks.id("default", "bob"),
          PolicyChecks.id("prod", "alice"),
          PolicyChecks.id("prod-2", "robot.x"));
  private static final List<Behaviour> PORTS = List.of(Behaviour.ECHO, Behaviour.ECHO_ELSEWHERE);

  private final SplittableRandom random;
  private final List<Integer> ports;

  private PolicyTable(SplittableRandom random, List<Integer> ports) {
    this.random = random;
    this.ports = ports;
  }

  static Verdict check(Bench bench) throws IOException, InterruptedException {
    PolicyTable table =
        new PolicyTable(
            bench.random(), PORTS.stream().map(each -> bench.backend().port(each)).toList());
    Enforcement enforcement = PolicyChecks.enforcement(bench);
    Map<String, H2Link> links = links(bench);
    String source = bench.tcp().localAddress().getHostAddress();
    int allowed = 0;
    for (int set = 0; set < SETS; set++) {
      List<Policy> policies = table.policies();
      enforcement.apply(policies);
      for (String id : IDS) {
        for (int port : table.ports) {
          boolean expected = Policy.allows(policies, new Caller(id, source, port));
          boolean actual = accepted(bench, java.util.Objects.requireNonNull(links.get(id)), port);
          if (expected != actual) {
            return new Verdict.Fail(
                "set %d: %s to port %d is %s (expected: %s) under %s"
                    .formatted(
                        set + 1,
                        id,
                        port,
                        actual ? "accepted" : "denied",
                        expected ? "accepted" : "denied",
                        PolicyFiles.local("default", policies).strip()));
          }
          allowed += actual ? 1 : 0;
        }
      }
    }
    int rows = SETS * IDS.size() * PORTS.size();
    return new Verdict.Pass(
        "%d decisions as written (%d accepted, %d denied)"
            .formatted(rows, allowed, rows - allowed));
  }

  private static Map<String, H2Link> links(Bench bench) throws IOException {
    Map<String, H2Link> links = new java.util.HashMap<>();
    for (String id : IDS) {
      links.put(id, bench.h2(bench.offerAs(id)));
    }
    return links;
  }

  private static boolean accepted(Bench bench, H2Link h2, int port) throws IOException {
    Tunnel tunnel = Tunnel.connect(h2, bench.target().applicationHost() + ":" + port);
    Optional<Integer> status = tunnel.status(bench.patience());
    if (!status.equals(Optional.of(200))) {
      return false;
    }
    tunnel.send(new byte[0], true);
    tunnel.end(bench.patience());
    return true;
  }

  private List<Policy> policies() {
    return IntStream.rangeClosed(1, 1 + random.nextInt(3)).mapToObj(this::policy).toList();
  }

  private Policy policy(int number) {
    Policy.Action action = random.nextInt(3) == 0 ? Policy.Action.DENY : Policy.Action.ALLOW;
    List<Policy.Rule> rules =
        IntStream.rangeClosed(1, 1 + random.nextInt(2)).mapToObj(i -> rule()).toList();
    return new Policy("table-" + number, action, rules, random.nextInt(10) == 0);
  }

  private Policy.Rule rule() {
    int shape = random.nextInt(4);
    List<Match> from = shape == 0 ? List.of() : some(false);
    List<Match> to = shape == 1 ? List.of() : some(true);
    return new Policy.Rule(from, to);
  }

  private List<Match> some(boolean operation) {
    List<Match> matches = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(2); i++) {
      matches.add(match(operation));
    }
    return matches;
  }

  private Match match(boolean operation) {
    List<Attribute> attributes =
        List.of(Attribute.values()).stream()
            .filter(a -> a.isOperation() == operation)
            .collect(Collectors.toCollection(ArrayList::new));
    Match match = Match.EMPTY;
    for (int i = 0; i <= random.nextInt(2) && !attributes.isEmpty(); i++) {
      Attribute attribute = attributes.remove(random.nextInt(attributes.size()));
      Pattern[] patterns =
          IntStream.rangeClosed(0, random.nextInt(2))
              .mapToObj(p -> pattern(attribute))
              .toArray(Pattern[]::new);
      match =
          random.nextInt(3) == 0
              ? match.without(attribute, patterns)
              : match.with(attribute, patterns);
    }
    return match;
  }

  private Pattern pattern(Attribute attribute) {
    return switch (attribute) {
      case PRINCIPALS ->
          pick(
              Pattern.present(),
              Pattern.exact("cluster.local/ns/default/sa/alice"),
              Pattern.exact("cluster.local/ns/prod-2/sa/robot.x"),
              Pattern.exact("cluster.local/ns/prod/sa/bob"),
              Pattern.prefix("cluster.local/ns/prod"),
              Pattern.prefix("cluster.local/ns/prod/"),
              Pattern.prefix("elsewhere/"),
              Pattern.suffix("/sa/alice"),
              Pattern.suffix("bob"));
      case NAMESPACES ->
          pick(
              Pattern.exact("default"),
              Pattern.exact("prod"),
              Pattern.exact("pro"),
              Pattern.prefix("prod"),
              Pattern.suffix("-2"),
              Pattern.present());
      case SERVICE_ACCOUNTS ->
          pick(
              Pattern.exact("default/alice"),
              Pattern.exact("prod/alice"),
              Pattern.exact("prod-2/robot.x"),
              Pattern.exact("prod-2/robotax"));
      case SOURCE_IPS ->
          pick(
              Pattern.exact("127.0.0.0/8"),
              Pattern.exact("0.0.0.0/0"),
              Pattern.exact("198.18.0.0/15"),
              Pattern.exact("127.0.0.1/32"),
              Pattern.exact("127.0.0.2/31"));
      case DESTINATION_PORTS -> Pattern.exact(String.valueOf(port()));
    };
  }

  private int port() {
    int choice = random.nextInt(ports.size() + 1);
    return choice < ports.size() ? ports.get(choice) : 80;
  }

  private Pattern pick(Pattern... patterns) {
    return patterns[random.nextInt(patterns.length)];
  }
}
