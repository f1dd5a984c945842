package dev.marrow.waypoint.authorize;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.identity.SpiffeId;
import dev.marrow.mesh.workload.Cidr;
import dev.marrow.waypoint.route.Backend;
import dev.marrow.waypoint.route.Filter;
import dev.marrow.waypoint.route.RequestTexts;
import dev.marrow.waypoint.route.Requests;
import dev.marrow.waypoint.route.TextMatch;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthorizerTest {
  private static final Policy.Action ALLOW = new Policy.Action.Allow();
  private static final Policy.Action DENY = new Policy.Action.Deny();
  private static final Caller FRONT =
      Caller.of(
          SpiffeId.parse("spiffe://cluster.local/ns/shop/sa/front"),
          InetAddress.ofLiteral("10.0.0.7"));

  private static Texts texts(String... wanted) {
    return new Texts(java.util.Arrays.stream(wanted).map(TextMatch::exact).toList(), List.of());
  }

  private static Texts not(String... unwanted) {
    return new Texts(List.of(), java.util.Arrays.stream(unwanted).map(TextMatch::exact).toList());
  }

  private static Operation methods(String... methods) {
    return new Operation(Texts.ANY, texts(methods), Texts.ANY, Set.of(), Set.of());
  }

  private static Operation paths(TextMatch path) {
    return new Operation(
        Texts.ANY, Texts.ANY, new Texts(List.of(path), List.of()), Set.of(), Set.of());
  }

  private static Policy policy(Policy.Action action, PolicyRule... rules) {
    return new Policy("shop/p", action, List.of(rules), false);
  }

  private static PolicyRule to(Operation operation) {
    return new PolicyRule(List.of(), List.of(operation), List.of());
  }

  private static PolicyRule when(Condition condition) {
    return new PolicyRule(List.of(), List.of(), List.of(condition));
  }

  private static RequestFacts facts(Headers headers, Token token) {
    return new RequestFacts(
        FRONT,
        new InetSocketAddress(InetAddress.ofLiteral("10.0.1.1"), 80),
        "",
        headers.first(HeaderName.AUTHORITY).orElse(""),
        headers.first(HeaderName.METHOD).orElse(""),
        RequestTexts.path(headers),
        headers,
        token,
        true);
  }

  private static boolean allowed(RequestFacts facts, Policy... policies) {
    return new Authorizer(List.of(policies)).judge(facts, p -> {}) instanceof Verdict.Allowed;
  }

  private static boolean allowed(Headers request, Policy... policies) {
    return allowed(facts(request, Token.NONE), policies);
  }

  @Test
  void withoutPoliciesEverythingIsAllowed() {
    assertThat(allowed(Requests.request("GET", "/"))).isTrue();
  }

  @Test
  void anAllowPolicyWithoutRulesAllowsNothing() {
    assertThat(allowed(Requests.request("GET", "/"), policy(ALLOW))).isFalse();
  }

  @Test
  void denyWins() {
    Policy everything = policy(ALLOW, new PolicyRule(List.of(), List.of(), List.of()));
    Policy deletes = policy(DENY, to(methods("DELETE")));

    assertThat(allowed(Requests.request("GET", "/"), everything, deletes)).isTrue();
    assertThat(allowed(Requests.request("DELETE", "/"), everything, deletes)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"GET,true", "get,false", "GeT,false", "DELETE,false"})
  void methodsAreToldApartByCase(String method, boolean expected) {
    assertThat(allowed(Requests.request(method, "/"), policy(ALLOW, to(methods("GET")))))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"shop,true", "SHOP,true", "shop:8080,true", "shop2,false"})
  void hostsAreNotAndMayHaveAPort(String host, boolean expected) {
    Operation operation = new Operation(texts("shop"), Texts.ANY, Texts.ANY, Set.of(), Set.of());
    Headers request = Requests.to(host.toLowerCase(java.util.Locale.ROOT), "GET", "/");

    assertThat(allowed(request, policy(ALLOW, to(operation)))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"/admin,false", "/admin/x,false", "/adminx,false", "/a,true", "/x?p=/admin,true"})
  void pathsAreJudgedWithoutTheirQuery(String path, boolean expected) {
    Policy policy = policy(DENY, to(paths(TextMatch.prefix("/admin"))));

    assertThat(allowed(Requests.request("GET", path), policy)).isEqualTo(expected);
  }

  @Test
  void aRegularExpressionMustMatchTheWholePath() {
    Policy policy = policy(ALLOW, to(paths(new TextMatch.Regex(Pattern.compile("/a/[^/]+")))));

    assertThat(allowed(Requests.request("GET", "/a/b"), policy)).isTrue();
    assertThat(allowed(Requests.request("GET", "/a/b/c"), policy)).isFalse();
  }

  @Test
  void ofSeveralHeaderValuesDenialFindsAnyAndPermissionWantsAll() {
    Condition good = new Condition.OfHeader(HeaderName.of("x"), texts("good"));
    Condition notGood = new Condition.OfHeader(HeaderName.of("x"), not("good"));
    Headers mixed = Requests.request("GET", "/", "x", "good", "x", "evil");
    Headers pure = Requests.request("GET", "/", "x", "good", "x", "good");

    assertThat(allowed(mixed, policy(ALLOW, when(good)))).isFalse();
    assertThat(allowed(pure, policy(ALLOW, when(good)))).isTrue();
    assertThat(allowed(mixed, policy(DENY, when(good)))).isFalse();
    assertThat(allowed(mixed, policy(DENY, when(notGood)))).isFalse();
    assertThat(allowed(pure, policy(DENY, when(notGood)))).isTrue();
  }

  @Test
  void anAbsentHeaderIsNoneOfTheUnwantedOnes() {
    Condition condition = new Condition.OfHeader(HeaderName.of("x"), not("a"));

    assertThat(allowed(Requests.request("GET", "/"), policy(ALLOW, when(condition)))).isTrue();
  }

  @Test
  void sourcesAreWhoTlsSaysTheyAre() {
    Source front =
        new Source(
            texts("cluster.local/ns/shop/sa/front"),
            Texts.ANY,
            texts("shop"),
            texts("shop/front"),
            new Blocks(List.of(Cidr.parse("10.0.0.0/24")), List.of()),
            Blocks.ANY);
    Source elsewhere =
        new Source(Texts.ANY, Texts.ANY, not("shop"), Texts.ANY, Blocks.ANY, Blocks.ANY);
    Headers request = Requests.request("GET", "/");

    assertThat(
            allowed(request, policy(ALLOW, new PolicyRule(List.of(front), List.of(), List.of()))))
        .isTrue();
    assertThat(
            allowed(
                request, policy(ALLOW, new PolicyRule(List.of(elsewhere), List.of(), List.of()))))
        .isFalse();
  }

  @Test
  void claimsOfAListMatchByAnyMember() {
    Token token = new Token(Map.of("iss", "i", "sub", "s", "groups", List.of("a", "b")));
    Condition inA = new Condition.OfClaim(List.of("groups"), texts("a"));
    Condition notB = new Condition.OfClaim(List.of("groups"), not("b"));
    RequestFacts facts = facts(Requests.request("GET", "/"), token);

    assertThat(token.principal()).isEqualTo("i/s");
    assertThat(allowed(facts, policy(ALLOW, when(inA)))).isTrue();
    assertThat(allowed(facts, policy(ALLOW, when(notB)))).isFalse();
    assertThat(allowed(Requests.request("GET", "/"), policy(ALLOW, when(inA)))).isFalse();
  }

  @Test
  void dryRunAndAuditAreOnlyWatched() {
    List<String> seen = new ArrayList<>();
    Policy dry = new Policy("shop/dry", DENY, policy(DENY, to(methods("GET"))).rules(), true);
    Policy audit = new Policy("shop/audit", new Policy.Action.Audit(), dry.rules(), false);

    Verdict verdict =
        new Authorizer(List.of(dry, audit))
            .judge(facts(Requests.request("GET", "/"), Token.NONE), p -> seen.add(p.name()));

    assertThat(verdict).isEqualTo(Verdict.ALLOWED);
    assertThat(seen).containsExactly("shop/dry", "shop/audit");
  }

  private static Policy.Action custom(String pathPrefix) {
    return new Policy.Action.Custom(
        new Filter.ExternalAuthorization(
            new Backend.Unresolved(),
            false,
            pathPrefix,
            List.of(),
            List.of(),
            Duration.ofSeconds(1),
            false,
            new Filter.ExternalAuthorization.Shown(0, false)));
  }

  @Test
  void customIsAskedFirstAndDenyComesAfter() {
    Policy custom = policy(custom(""), to(methods("GET")));
    Policy deny = policy(DENY, to(methods("GET")));
    Authorizer authorizer = new Authorizer(List.of(deny, custom));
    RequestFacts facts = facts(Requests.request("GET", "/"), Token.NONE);

    assertThat(authorizer.judge(facts, p -> {})).isInstanceOf(Verdict.Ask.class);
    assertThat(authorizer.afterCustom(facts, 1)).isInstanceOf(Verdict.Denied.class);
  }

  @Test
  void whoIsAskedNextDoesNotDependOnWhatTheFirstHasChanged() {
    Headers request = Requests.request("GET", "/");
    HeaderName checked = HeaderName.of("x-checked");
    Texts unseen = new Texts(List.of(), List.of(TextMatch.present()));
    Policy first = policy(custom("first"), when(new Condition.OfHeader(checked, unseen)));
    Policy second = policy(custom("second"), to(methods("GET")));
    Authorizer authorizer = new Authorizer(List.of(first, second));
    RequestFacts facts = facts(request, Token.NONE);

    var ask = (Verdict.Ask) authorizer.judge(facts, p -> {});
    request.add(checked, "yes");

    assertThat(ask.provider().pathPrefix()).isEqualTo("first");
    assertThat(authorizer.afterCustom(facts, ask.next()))
        .isInstanceOfSatisfying(
            Verdict.Ask.class, a -> assertThat(a.provider().pathPrefix()).isEqualTo("second"));
  }

  @Test
  void withoutHttpARuleThatNeedsItNeverAllowsAndDeniesByWhatIsLeft() {
    RequestFacts tcp =
        RequestFacts.ofConnection(
            FRONT, new InetSocketAddress(InetAddress.ofLiteral("10.0.1.1"), 80), "");
    Operation getOn80 = new Operation(Texts.ANY, texts("GET"), Texts.ANY, Set.of(80), Set.of());

    assertThat(allowed(tcp, policy(ALLOW, to(methods("GET"))))).isFalse();
    assertThat(allowed(tcp, policy(DENY, to(getOn80)))).isFalse();
    assertThat(allowed(tcp, policy(DENY, to(methods("GET"))))).isTrue();
  }

  @Test
  void aDenialNamesPolicyAndRuleAsEnvoyDoes() {
    assertThat(new Verdict.Denied("shop/p", 2).detail())
        .isEqualTo("rbac_access_denied_matched_policy[ns[shop]-policy[p]-rule[2]]");
    assertThat(new Verdict.Denied("", -1).detail())
        .isEqualTo("rbac_access_denied_matched_policy[none]");
  }
}
