package dev.marrow.waypoint.authorize;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import dev.marrow.http.Headers;
import dev.marrow.waypoint.route.TextMatch;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The index finds what trying all rules in turn finds. */
class RuleIndexTest {
  private static final String[] SEGMENTS = {"", "a", "ab", "b", "a/b", "c"};

  private final Random random = new Random(7);

  private String path() {
    return "/"
        + SEGMENTS[random.nextInt(SEGMENTS.length)]
        + (random.nextBoolean() ? "" : "/" + SEGMENTS[random.nextInt(SEGMENTS.length)]);
  }

  private TextMatch match() {
    return switch (random.nextInt(8)) {
      case 0 -> new TextMatch.Regex(Pattern.compile(path() + ".*"));
      case 1 -> TextMatch.suffix("b");
      case 2, 3, 4 -> TextMatch.exact(path());
      default -> TextMatch.prefix(path());
    };
  }

  private PolicyRule rule() {
    List<Operation> operations = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      List<TextMatch> wanted = new ArrayList<>();
      for (int j = random.nextInt(3); j > 0; j--) {
        wanted.add(match());
      }
      List<TextMatch> unwanted = random.nextInt(4) == 0 ? List.of(match()) : List.of();
      Texts methods = new Texts(List.of(TextMatch.exact(method())), List.of());
      operations.add(
          new Operation(Texts.ANY, methods, new Texts(wanted, unwanted), Set.of(), Set.of()));
    }
    Texts methods = new Texts(List.of(TextMatch.exact("PUT")), List.of());
    // A rule that matches everything would hide those behind it.
    return operations.isEmpty()
        ? new PolicyRule(
            List.of(),
            List.of(new Operation(Texts.ANY, methods, Texts.ANY, Set.of(), Set.of())),
            List.of())
        : new PolicyRule(List.of(), operations, List.of());
  }

  private String method() {
    return random.nextBoolean() ? "GET" : "POST";
  }

  @Test
  void itFindsTheSameRule() {
    InetSocketAddress at = new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);
    for (int round = 0; round < 200; round++) {
      List<PolicyRule> rules = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        rules.add(rule());
      }
      Policy policy = new Policy("n/p", new Policy.Action.Deny(), rules, false);
      RuleIndex index = new RuleIndex(policy);
      for (int i = 0; i < 20; i++) {
        RequestFacts facts =
            new RequestFacts(
                Caller.unknown(at.getAddress()),
                at,
                "",
                "h",
                method(),
                path(),
                new Headers(),
                Token.NONE,
                true);

        assertThat(index.match(facts)).isEqualTo(policy.match(facts));
      }
    }
  }
}
