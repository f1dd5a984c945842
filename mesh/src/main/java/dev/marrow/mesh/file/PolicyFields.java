package dev.marrow.mesh.file;

import dev.marrow.mesh.policy.AccountMatch;
import dev.marrow.mesh.policy.Clause;
import dev.marrow.mesh.policy.Criterion;
import dev.marrow.mesh.policy.Match;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.policy.Rule;
import dev.marrow.mesh.policy.StringMatch;
import dev.marrow.mesh.workload.Cidr;
import java.util.Map;
import java.util.Set;

/** Reads an entry of {@code policies}. */
final class PolicyFields {
  private static final Set<String> KEYS =
      Set.of("name", "namespace", "scope", "action", "rules", "dryRun");
  private static final Set<String> MATCH_KEYS =
      Set.of(
          "namespaces",
          "notNamespaces",
          "principals",
          "notPrincipals",
          "sourceIps",
          "notSourceIps",
          "destinationIps",
          "notDestinationIps",
          "destinationPorts",
          "notDestinationPorts",
          "serviceAccounts",
          "notServiceAccounts");

  private PolicyFields() {}

  static Policy read(Tree tree) throws LocalFileException {
    FieldReader fields = FieldReader.of(tree, KEYS);
    String name = fields.requireText("name");
    if (name.isEmpty()) {
      throw fields.spot().part("name").refusal("'' (expected: not empty)");
    }
    return new Policy(
        fields.requireText("namespace"),
        name,
        FieldReader.word(fields.require("scope"), Words.POLICY_SCOPE),
        FieldReader.word(fields.require("action"), Words.ACTION),
        FieldReader.list(fields.require("rules"), PolicyFields::rule),
        fields.flag("dryRun"));
  }

  private static Rule rule(Tree tree) throws LocalFileException {
    return new Rule(FieldReader.list(tree, PolicyFields::clause));
  }

  private static Clause clause(Tree tree) throws LocalFileException {
    return new Clause(FieldReader.list(tree, PolicyFields::match));
  }

  private static Match match(Tree tree) throws LocalFileException {
    FieldReader fields = FieldReader.of(tree, MATCH_KEYS);
    return new Match(
        criterion(fields, "namespaces", "notNamespaces", PolicyFields::text),
        criterion(fields, "principals", "notPrincipals", PolicyFields::text),
        criterion(fields, "sourceIps", "notSourceIps", PolicyFields::block),
        criterion(fields, "destinationIps", "notDestinationIps", PolicyFields::block),
        criterion(fields, "destinationPorts", "notDestinationPorts", PolicyFields::port),
        criterion(fields, "serviceAccounts", "notServiceAccounts", PolicyFields::account));
  }

  private static <T> Criterion<T> criterion(
      FieldReader fields, String any, String none, FieldReader.Reader<T> reader)
      throws LocalFileException {
    return new Criterion<>(fields.list(any, reader), fields.list(none, reader));
  }

  /** {@code Exact: x}, {@code Prefix: x}, {@code Suffix: x} or {@code Presence: []}; or a tag. */
  private static StringMatch text(Tree tree) throws LocalFileException {
    Map<String, Tree> one = FieldReader.fields(tree).values();
    String form = one.size() == 1 ? one.keySet().iterator().next() : "";
    Tree value = one.getOrDefault(form, tree);
    return switch (form) {
      case "Exact" -> new StringMatch.Exact(FieldReader.text(value));
      case "Prefix" -> new StringMatch.Prefix(FieldReader.text(value));
      case "Suffix" -> new StringMatch.Suffix(FieldReader.text(value));
      case "Presence" -> new StringMatch.Present();
      default -> throw tree.spot().refusal("expected: one key of Exact, Prefix, Suffix, Presence");
    };
  }

  private static Cidr block(Tree tree) throws LocalFileException {
    return FieldReader.value(tree, Cidr::parse);
  }

  private static Integer port(Tree tree) throws LocalFileException {
    return FieldReader.number(tree, GatewayFields.MAX_PORT);
  }

  private static AccountMatch account(Tree tree) throws LocalFileException {
    FieldReader fields = FieldReader.of(tree, Set.of("namespace", "serviceAccount"));
    return new AccountMatch(fields.requireText("namespace"), fields.requireText("serviceAccount"));
  }
}
