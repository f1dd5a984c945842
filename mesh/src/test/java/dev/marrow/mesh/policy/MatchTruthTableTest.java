package dev.marrow.mesh.policy;

import static dev.marrow.mesh.TestMesh.ip;
import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.workload.Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A generated truth table. The oracle works on plain texts and strings of bits, shares no code with
 * the evaluation, and follows the prose: a policy is an OR of rules, a rule an AND of clauses, a
 * clause an OR of matches, a match an AND of attributes.
 */
class MatchTruthTableTest {
  private static final int ROWS = 2_000;

  /** One attribute as the oracle sees it: what is listed, what is excluded. */
  private record Listed(String attribute, List<String> any, List<String> none) {}

  private record Facts(String identity, String source, String destination, int port) {}

  private record Row(int seed, List<List<List<List<Listed>>>> policy, Facts facts) {}

  static Stream<Row> rows() {
    return Stream.iterate(0, seed -> seed + 1).limit(ROWS).map(MatchTruthTableTest::row);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void evaluationAgreesWithTheOracle(Row row) {
    Policy policy = policy(row.policy());

    boolean matches = policy.matches(facts(row.facts()));

    assertThat(matches).isEqualTo(oracle(row.policy(), row.facts()));
  }

  @Test
  void theTableHasEnoughRowsOfEitherOutcome() {
    long matching = rows().filter(row -> oracle(row.policy(), row.facts())).count();

    assertThat(matching).isBetween(512L, ROWS - 512L);
  }

  // --- the oracle ---

  private static boolean oracle(List<List<List<List<Listed>>>> rules, Facts facts) {
    return rules.stream()
        .anyMatch(rule ->
            rule.stream()
                .allMatch(clause ->
                    clause.isEmpty()
                        || clause.stream().anyMatch(match -> oracleMatch(match, facts))));
  }

  private static boolean oracleMatch(List<Listed> match, Facts facts) {
    boolean anything = match.stream().anyMatch(l -> !l.any().isEmpty() || !l.none().isEmpty());
    return anything
        && match.stream()
            .allMatch(l ->
                (l.any().isEmpty() || l.any().stream().anyMatch(v -> hits(l.attribute(), v, facts)))
                    && l.none().stream().noneMatch(v -> hits(l.attribute(), v, facts)));
  }

  private static boolean hits(String attribute, String value, Facts facts) {
    boolean known = !facts.identity().isEmpty();
    String[] parts = facts.identity().split("/");
    String namespace = known ? parts[2] : "";
    return switch (attribute) {
      case "principals" -> known && textHits(value, facts.identity());
      case "namespaces" -> textHits(value, namespace);
      case "accounts" -> known && value.equals(namespace + "/" + parts[4]);
      case "sources" -> bits(facts.source()).startsWith(prefix(value));
      case "destinations" -> bits(facts.destination()).startsWith(prefix(value));
      case "ports" -> value.equals(Integer.toString(facts.port()));
      default -> throw new AssertionError(attribute);
    };
  }

  private static boolean textHits(String pattern, String text) {
    return switch (pattern.charAt(0)) {
      case '=' -> text.equals(pattern.substring(1));
      case '^' -> text.indexOf(pattern.substring(1)) == 0;
      case '$' -> text.matches("(?s).*\\Q" + pattern.substring(1) + "\\E");
      default -> text.length() > 0;
    };
  }

  private static String bits(String address) {
    StringBuilder bits = new StringBuilder(address.contains(":") ? "6" : "4");
    for (byte b : ip(address).getAddress()) {
      bits.append(String.format("%8s", Integer.toBinaryString(b & 0xFF)).replace(' ', '0'));
    }
    return bits.toString();
  }

  private static String prefix(String block) {
    String[] parts = block.split("/");
    return bits(parts[0]).substring(0, 1 + Integer.parseInt(parts[1]));
  }

  // --- the generator ---

  private static final List<String> IDENTITIES =
      List.of(
          "",
          "cluster.local/ns/shop/sa/client",
          "cluster.local/ns/shop/sa/other",
          "other.example/ns/bank/sa/client");
  private static final List<String> ADDRESSES =
      List.of("10.0.0.1", "10.0.0.129", "192.168.7.7", "fd00::1", "fd00:8000::1");
  private static final List<String> BLOCKS =
      List.of("10.0.0.0/25", "10.0.0.1/32", "0.0.0.0/0", "fd00::/17", "::/0", "192.168.0.0/13");
  private static final List<String> PRINCIPALS =
      List.of(
          "=cluster.local/ns/shop/sa/client", "^cluster.local/ns/shop/", "$/sa/client", "*", "=x");
  private static final List<String> NAMESPACES = List.of("=shop", "^sh", "$nk", "*", "=bank");
  private static final List<String> ACCOUNTS = List.of("shop/client", "bank/client", "shop/none");
  private static final List<String> PORTS = List.of("80", "8080", "65535");

  private static Row row(int seed) {
    Random random = new Random(seed);
    List<List<List<List<Listed>>>> rules =
        some(
            random,
            1,
            2,
            () ->
                some(
                    random,
                    random.nextInt(8) == 0 ? 0 : 1,
                    2,
                    () -> some(random, random.nextInt(8) == 0 ? 0 : 1, 2, () -> match(random))));
    Facts facts =
        new Facts(
            one(random, IDENTITIES),
            one(random, ADDRESSES),
            one(random, ADDRESSES),
            Integer.parseInt(one(random, PORTS)));
    return new Row(seed, rules, facts);
  }

  private static List<Listed> match(Random random) {
    return List.of(
        listed(random, "principals", PRINCIPALS),
        listed(random, "namespaces", NAMESPACES),
        listed(random, "accounts", ACCOUNTS),
        listed(random, "sources", BLOCKS),
        listed(random, "destinations", BLOCKS),
        listed(random, "ports", PORTS));
  }

  private static Listed listed(Random random, String attribute, List<String> values) {
    if (random.nextInt(3) != 0) {
      return new Listed(attribute, List.of(), List.of());
    }
    return new Listed(
        attribute,
        some(random, 0, 2, () -> one(random, values)),
        random.nextInt(3) == 0 ? List.of(one(random, values)) : List.of());
  }

  private static <T> List<T> some(
      Random random, int least, int most, java.util.function.Supplier<T> supplier) {
    List<T> values = new ArrayList<>();
    int count = least + random.nextInt(most - least + 1);
    for (int i = 0; i < count; i++) {
      values.add(supplier.get());
    }
    return values;
  }

  private static <T> T one(Random random, List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  // --- the same as our values ---

  private static ConnectionFacts facts(Facts facts) {
    Peer peer =
        facts.identity().isEmpty()
            ? Peer.ANONYMOUS
            : Peer.verified(SpiffeId.parse("spiffe://" + facts.identity()));
    return new ConnectionFacts(peer, ip(facts.source()), ip(facts.destination()), facts.port());
  }

  private static Policy policy(List<List<List<List<Listed>>>> rules) {
    List<Rule> ours = new ArrayList<>();
    for (var rule : rules) {
      List<Clause> clauses = new ArrayList<>();
      for (var clause : rule) {
        clauses.add(new Clause(clause.stream().map(MatchTruthTableTest::match).toList()));
      }
      ours.add(new Rule(clauses));
    }
    return new Policy("a", "b", PolicyScope.GLOBAL, PolicyAction.DENY, ours, false);
  }

  private static Match match(List<Listed> match) {
    return new Match(
        criterion(match.get(1), MatchTruthTableTest::text),
        criterion(match.get(0), MatchTruthTableTest::text),
        criterion(match.get(3), Cidr::parse),
        criterion(match.get(4), Cidr::parse),
        criterion(match.get(5), Integer::valueOf),
        criterion(match.get(2), text -> new AccountMatch(text.split("/")[0], text.split("/")[1])));
  }

  private static <T> Criterion<T> criterion(
      Listed listed, java.util.function.Function<String, T> value) {
    return new Criterion<>(
        listed.any().stream().map(value).toList(), listed.none().stream().map(value).toList());
  }

  private static StringMatch text(String pattern) {
    String value = pattern.substring(1);
    return switch (pattern.charAt(0)) {
      case '=' -> new StringMatch.Exact(value);
      case '^' -> new StringMatch.Prefix(value);
      case '$' -> new StringMatch.Suffix(value);
      default -> new StringMatch.Present();
    };
  }
}
