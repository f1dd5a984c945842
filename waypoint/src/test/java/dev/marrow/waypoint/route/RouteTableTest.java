package dev.marrow.waypoint.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTableTest {
  private static Rule rule(String name, RequestMatch... matches) {
    return onHosts(name, List.of(), matches);
  }

  private static Rule onHosts(String name, List<String> hosts, RequestMatch... matches) {
    return new Rule(
        name,
        "",
        hosts,
        List.of(matches),
        List.of(),
        List.of(),
        RuleTimeouts.NONE,
        Retry.STANDARD,
        null,
        List.of(),
        Fault.NONE);
  }

  private static RequestMatch path(PathMatch path) {
    return new RequestMatch(path, "", List.of(), List.of());
  }

  private static FieldMatch field(String name, String value) {
    return new FieldMatch(HeaderName.of(name), TextMatch.exact(value), false);
  }

  private static String match(RouteTable table, Headers request) {
    RouteTable.Matched matched = table.match(request);
    return matched == null ? "none" : matched.rule().route();
  }

  private static final RouteTable TABLE =
      new RouteTable(
          List.of(
              rule("root", path(new PathMatch.Prefix("/"))),
              rule("a", path(new PathMatch.Prefix("/a/"))),
              rule("a-exact", path(new PathMatch.Exact("/a"))),
              rule(
                  "a-post",
                  new RequestMatch(new PathMatch.Prefix("/a"), "POST", List.of(), List.of())),
              rule(
                  "a-header",
                  new RequestMatch(
                      new PathMatch.Prefix("/a"), "", List.of(field("x", "1")), List.of())),
              rule(
                  "a-headers",
                  new RequestMatch(
                      new PathMatch.Prefix("/a"),
                      "",
                      List.of(field("x", "1"), field("y", "2")),
                      List.of())),
              rule(
                  "a-query",
                  new RequestMatch(
                      new PathMatch.Prefix("/a"),
                      "",
                      List.of(),
                      List.of(new QueryMatch("q", TextMatch.exact("ä"), false)))),
              rule("ab", path(new PathMatch.Prefix("/a/b"))),
              rule("number", path(new PathMatch.Regex(Pattern.compile("/n/[0-9]+"))))));

  @ParameterizedTest
  @CsvSource({
    "GET,/,root",
    "GET,/ab,root",
    "GET,/a,a-exact",
    "GET,/a?x=1,a-exact",
    "GET,/a/,a",
    "GET,/a/c,a",
    "GET,/a/b,ab",
    "GET,/a/b/c,ab",
    "GET,/a/bc,a",
    "POST,/a/c,a-post",
    "POST,/a/b,ab",
    "GET,/a/c?q=%C3%A4,a-query",
    "GET,/a/c?q=b&q=%C3%A4,a",
    "GET,/n/12,number",
    "GET,/n/x,root",
  })
  void theMostSpecificPathWins(String method, String path, String expected) {
    assertThat(match(TABLE, Requests.request(method, path))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"/ab,text", "/a,text", "/b/c,b", "/b,b", "/c,rest", "/x/1,number", "/AB,rest"})
  void inOrderTheFirstMatchWinsHoweverLittleItSays(String path, String expected) {
    RouteTable table =
        new RouteTable(
            List.of(
                rule("text", path(new PathMatch.TextPrefix("/a"))),
                rule("b", path(new PathMatch.Prefix("/b"))),
                rule("number", path(new PathMatch.Regex(Pattern.compile("/x/[0-9]+")))),
                rule("rest", RequestMatch.ANY),
                rule("late", path(new PathMatch.Exact("/b/c")))),
            true);

    assertThat(match(table, Requests.request("GET", path))).isEqualTo(expected);
  }

  @Test
  void moreHeaderMatchesWinAndMethodsComeBeforeHeaders() {
    assertThat(match(TABLE, Requests.request("GET", "/a/c", "x", "1"))).isEqualTo("a-header");
    assertThat(match(TABLE, Requests.request("GET", "/a/c", "x", "1", "y", "2")))
        .isEqualTo("a-headers");
    assertThat(match(TABLE, Requests.request("POST", "/a/c", "x", "1", "y", "2")))
        .isEqualTo("a-post");
  }

  @Test
  void amongEqualsTheOlderRouteWins() {
    RouteTable table = new RouteTable(List.of(rule("old"), rule("new")));

    assertThat(match(table, Requests.request("GET", "/"))).isEqualTo("old");
  }

  @ParameterizedTest
  @CsvSource({
    "a.example.com,exact",
    "A.Example.Com:8080,exact",
    "b.example.com,wildcard",
    "c.b.example.com,wildcard",
    "x.b.wide.com,narrow",
    "x.wide.com,wide",
    "example.com,any",
  })
  void theMostSpecificHostWins(String host, String expected) {
    RouteTable table =
        new RouteTable(
            List.of(
                rule("any"),
                onHosts("wide", List.of("*.wide.com")),
                onHosts("narrow", List.of("*.b.wide.com")),
                onHosts("wildcard", List.of("*.example.com")),
                onHosts("exact", List.of("a.example.com"))));

    assertThat(match(table, Requests.to(host, "GET", "/"))).isEqualTo(expected);
  }

  @Test
  void noRuleNoMatch() {
    RouteTable table = new RouteTable(List.of(rule("a", path(new PathMatch.Exact("/a")))));

    assertThat(match(table, Requests.request("GET", "/b"))).isEqualTo("none");
  }

  @Test
  void theIndexFindsWhatASearchThroughAllRulesFinds() {
    Random random = new Random(7);
    String[] segments = {"", "a", "b", "ab", "a1", "c"};
    List<Rule> rules = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      String path = randomPath(random, segments);
      PathMatch match =
          random.nextBoolean() ? new PathMatch.Exact(path) : new PathMatch.Prefix(path);
      String method = random.nextInt(4) == 0 ? "POST" : "";
      List<FieldMatch> fields =
          random.nextInt(4) == 0 ? List.of(field("x", "" + random.nextInt(3))) : List.of();
      rules.add(rule("r" + i, new RequestMatch(match, method, fields, List.of())));
    }
    RouteTable table = new RouteTable(rules);

    for (int i = 0; i < 5000; i++) {
      String path = randomPath(random, segments);
      String method = random.nextBoolean() ? "POST" : "GET";
      Headers request = Requests.request(method, path, "x", "" + random.nextInt(3));
      assertThat(match(table, request)).as(path).isEqualTo(searched(rules, request));
    }
  }

  private static String randomPath(Random random, String[] segments) {
    StringBuilder path = new StringBuilder();
    for (int i = random.nextInt(4); i >= 0; i--) {
      path.append('/').append(segments[random.nextInt(segments.length)]);
    }
    return path.toString();
  }

  private static String searched(List<Rule> rules, Headers request) {
    List<Candidate> all = new ArrayList<>();
    for (int age = 0; age < rules.size(); age++) {
      all.add(new Candidate(rules.get(age), rules.get(age).matches().getFirst(), age, 0));
    }
    all.sort(Candidate.PRECEDENCE);
    return all.stream()
        .filter(c -> c.match().matches(request))
        .findFirst()
        .map(c -> c.rule().route())
        .orElse("none");
  }

  @Test
  void weightsDecideHowOftenABackendIsPicked() {
    Backend backend = new Backend.OriginalWorkload();
    Rule rule =
        new Rule(
            "r",
            "",
            List.of(),
            List.of(),
            List.of(),
            List.of(
                new WeightedBackend(new Backend.Unresolved(), 0, List.of()),
                new WeightedBackend(backend, 9, List.of()),
                new WeightedBackend(new Backend.Unresolved(), 1, List.of())),
            RuleTimeouts.NONE,
            Retry.NEVER,
            null,
            List.of(),
            Fault.NONE);
    Random random = new Random(1);
    int picked = 0;
    for (int i = 0; i < 10_000; i++) {
      picked += rule.pick(random).backend() == backend ? 1 : 0;
    }

    assertThat(picked).isBetween(8_800, 9_200);
  }
}
