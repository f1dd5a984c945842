package dev.marrow.waypoint.destination;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which TLSRoute a server name belongs to. */
class StreamRuleTest {
  private static final List<StreamRule> RULES =
      List.of(
          rule("all"),
          rule("wide", "*.example.com"),
          rule("narrow", "*.a.example.com"),
          rule("exact", "b.a.example.com"));

  private static StreamRule rule(String route, String... hostnames) {
    return new StreamRule(route, List.of(hostnames), List.of());
  }

  private static String found(String sni) {
    StreamRule rule = StreamRule.find(RULES, sni);
    return rule == null ? "" : rule.route();
  }

  @Test
  void theNameThatSaysMostWins() {
    assertThat(found("b.a.example.com")).isEqualTo("exact");
    assertThat(found("c.a.example.com")).isEqualTo("narrow");
    assertThat(found("a.example.com")).isEqualTo("wide");
    assertThat(found("example.com")).isEqualTo("all");
  }

  @Test
  void ofEqualNamesTheFirstRuleWins() {
    List<StreamRule> equal = List.of(rule("older", "x.com"), rule("newer", "x.com"));

    assertThat(StreamRule.find(equal, "x.com")).isEqualTo(equal.getFirst());
    assertThat(StreamRule.find(equal, "y.com")).isNull();
  }
}
