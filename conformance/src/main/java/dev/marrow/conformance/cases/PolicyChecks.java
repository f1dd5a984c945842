package dev.marrow.conformance.cases;

import static dev.marrow.conformance.policy.Attribute.DESTINATION_PORTS;
import static dev.marrow.conformance.policy.Attribute.NAMESPACES;
import static dev.marrow.conformance.policy.Attribute.PRINCIPALS;
import static dev.marrow.conformance.policy.Attribute.SERVICE_ACCOUNTS;
import static dev.marrow.conformance.policy.Attribute.SOURCE_IPS;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.policy.Enforcement;
import dev.marrow.conformance.policy.Match;
import dev.marrow.conformance.policy.Pattern;
import dev.marrow.conformance.policy.Policy;
import dev.marrow.conformance.run.Attempt;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.wire.Field;
import dev.marrow.conformance.wire.Frame;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.LinkClosed;
import dev.marrow.conformance.wire.TcpLink;
import dev.marrow.conformance.wire.TlsLink;
import dev.marrow.conformance.wire.Tunnel;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks of group J over tunnels. */
final class PolicyChecks {
  static final String TRUST_DOMAIN = "cluster.local";
  static final String ALICE = id("default", "alice");
  static final String BOB = id("default", "bob");
  private static final Duration CUT_WITHIN = Duration.ofSeconds(2);
  private static final int FLIPS = 40;

  private PolicyChecks() {}

  static String id(String namespace, String account) {
    return "spiffe://%s/ns/%s/sa/%s".formatted(TRUST_DOMAIN, namespace, account);
  }

  static Match principal(String id) {
    return Match.EMPTY.with(PRINCIPALS, Pattern.exact(id.substring("spiffe://".length())));
  }

  static Enforcement enforcement(Bench bench) throws IOException {
    return bench.keep(Enforcement.open(bench.target().hooks(), bench.namespace()));
  }

  /** A call that should have an outcome. */
  record Call(String id, Behaviour to, boolean allowed) {
    static Call allowed(String id) {
      return new Call(id, Behaviour.ECHO, true);
    }

    static Call denied(String id) {
      return new Call(id, Behaviour.ECHO, false);
    }
  }

  /** Everybody may first, as a control; then the calls under {@code policies}. */
  static Verdict holds(Bench bench, List<Policy> policies, Call... calls)
      throws IOException, InterruptedException {
    Enforcement enforcement = enforcement(bench);
    enforcement.apply(List.of());
    Attempt control = bench.attempt(bench.offerAs(ALICE));
    if (!control.echoed()) {
      return new Verdict.Error("positive control failed: " + control.how());
    }
    enforcement.apply(policies);
    for (Call call : calls) {
      Attempt attempt = bench.attempt(bench.offerAs(call.id), bench.authority(call.to));
      Optional<String> wrong = wrong(call.allowed, attempt);
      if (wrong.isPresent()) {
        return new Verdict.Fail("%s to %s: %s".formatted(call.id, call.to, wrong.get()));
      }
    }
    return new Verdict.Pass("%d calls decided as written".formatted(calls.length));
  }

  /** What is wrong with an attempt that should be {@code allowed}, or not. */
  static Optional<String> wrong(boolean allowed, Attempt attempt) {
    if (allowed) {
      return attempt.echoed() ? Optional.empty() : Optional.of("not accepted: " + attempt.how());
    }
    if (attempt.echoed()) {
      return Optional.of("accepted");
    }
    if (attempt.reachedApplication()) {
      return Optional.of("denied, but the application saw a connection");
    }
    return attempt.status().isPresent() || attempt.closed()
        ? Optional.empty()
        : Optional.of("neither accepted nor denied: " + attempt.how());
  }

  static Verdict nobodyIsDenied(Bench bench) throws IOException, InterruptedException {
    return holds(bench, List.of(), Call.allowed(ALICE), Call.allowed(BOB));
  }

  static Verdict allowOne(Bench bench) throws IOException, InterruptedException {
    return holds(
        bench,
        List.of(Policy.allow("allow", principal(ALICE))),
        Call.allowed(ALICE),
        Call.denied(BOB));
  }

  static Verdict denyWins(Bench bench) throws IOException, InterruptedException {
    Match both = Match.EMPTY.with(PRINCIPALS, Pattern.present());
    return holds(
        bench,
        List.of(Policy.allow("allow", both), Policy.deny("deny", principal(ALICE))),
        Call.denied(ALICE),
        Call.allowed(BOB));
  }

  static Verdict allowNobody(Bench bench) throws IOException, InterruptedException {
    return holds(
        bench,
        List.of(Policy.allow("allow", principal(id("default", "nobody")))),
        Call.denied(ALICE),
        Call.denied(BOB));
  }

  static Verdict dryRun(Bench bench) throws IOException, InterruptedException {
    Match everybody = Match.EMPTY.with(PRINCIPALS, Pattern.present());
    return holds(bench, List.of(Policy.deny("deny", everybody).asDryRun()), Call.allowed(ALICE));
  }

  static Verdict withoutRules(Bench bench) throws IOException, InterruptedException {
    Verdict allow = holds(bench, List.of(Policy.allow("allow")), Call.denied(ALICE));
    return allow instanceof Verdict.Pass
        ? holds(bench, List.of(Policy.deny("deny")), Call.allowed(ALICE))
        : allow;
  }

  static Verdict ports(Bench bench) throws IOException, InterruptedException {
    String port = String.valueOf(bench.backend().port(Behaviour.ECHO_ELSEWHERE));
    Match to = Match.EMPTY.with(DESTINATION_PORTS, Pattern.exact(port));
    return holds(
        bench,
        List.of(Policy.deny("deny", to)),
        Call.allowed(ALICE),
        new Call(ALICE, Behaviour.ECHO_ELSEWHERE, false));
  }

  static Verdict literalNames(Bench bench) throws IOException, InterruptedException {
    Match account = Match.EMPTY.with(SERVICE_ACCOUNTS, Pattern.exact("default/admin"));
    Match namespace = Match.EMPTY.with(NAMESPACES, Pattern.exact("foo"));
    return holds(
        bench,
        List.of(Policy.allow("allow", principal(id("default", "a.b")), account, namespace)),
        Call.allowed(id("default", "a.b")),
        Call.denied(id("default", "axb")),
        Call.denied(id("default", "a.b.c")),
        Call.allowed(id("default", "admin")),
        Call.denied(id("default", "admin2")),
        Call.denied(id("default", "theadmin")),
        Call.allowed(id("foo", "anybody")),
        Call.denied(id("foobar", "anybody")),
        Call.denied(id("default", "foo")));
  }

  static Verdict sourceAddress(Bench bench) throws IOException, InterruptedException {
    String own = address(bench);
    String other = own.contains(":") ? "fd00::9" : "198.18.0.9";
    Match byAddress = Match.EMPTY.with(SOURCE_IPS, Pattern.exact(own));
    Verdict real = holds(bench, List.of(Policy.allow("allow", byAddress)), Call.allowed(ALICE));
    if (!(real instanceof Verdict.Pass)) {
      return real;
    }
    Match elsewhere = Match.EMPTY.with(SOURCE_IPS, Pattern.exact(other));
    enforcement(bench).apply(List.of(Policy.allow("allow", elsewhere)));
    return deniedWith(
        bench,
        ALICE,
        Field.of("x-forwarded-for", other),
        Field.of("forwarded", "for=" + other),
        Field.of("x-real-ip", other));
  }

  private static String address(Bench bench) throws IOException {
    String local = bench.tcp().localAddress().getHostAddress();
    int zone = local.indexOf('%');
    return zone < 0 ? local : local.substring(0, zone);
  }

  private static Verdict deniedWith(Bench bench, String id, Field... fields) throws IOException {
    H2Link h2 = bench.h2(bench.offerAs(id));
    Tunnel tunnel = Tunnel.connect(h2, bench.authority(Behaviour.ECHO), fields);
    Optional<Integer> status = tunnel.status(bench.patience());
    return status.isPresent() && status.get() / 100 == 2
        ? new Verdict.Fail("accepted by what the fields claim")
        : new Verdict.Pass("denied: " + status.map(String::valueOf).orElse("reset"));
  }

  static Verdict claimedIdentity(Bench bench) throws IOException, InterruptedException {
    Verdict control =
        holds(bench, List.of(Policy.allow("allow", principal(ALICE))), Call.allowed(ALICE));
    if (!(control instanceof Verdict.Pass)) {
      return control;
    }
    return deniedWith(
        bench,
        BOB,
        Field.of("x-forwarded-client-cert", "URI=" + ALICE),
        Field.of("baggage", "k8s.namespace.name=default,service.name=alice"),
        Field.of("forwarded", "for=alice;by=alice"));
  }

  static Verdict otherAddress(Bench bench) throws IOException, InterruptedException {
    if (!bench.target().onThisMachine()) {
      return new Verdict.Skip("needs a second address of our own: only on loopback, for now");
    }
    Verdict here =
        holds(
            bench,
            List.of(Policy.allow("allow", principal(ALICE))),
            Call.allowed(ALICE),
            Call.denied(BOB));
    if (!(here instanceof Verdict.Pass)) {
      return here;
    }
    Optional<InetAddress> elsewhere =
        Optional.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 77}));
    for (String id : List.of(ALICE, BOB)) {
      TcpLink tcp =
          bench.keep(
              TcpLink.connect(
                  bench.target().address(), elsewhere, bench.patience(), bench.transcript()));
      TlsLink tls = TlsLink.open(tcp, bench.offerAs(id), bench.patience(), bench.transcript());
      H2Link h2 = new H2Link(tls, bench.transcript()).begin(bench.patience());
      Optional<Integer> status =
          Tunnel.connect(h2, bench.authority(Behaviour.ECHO)).status(bench.patience());
      boolean accepted = status.equals(Optional.of(200));
      if (accepted != id.equals(ALICE)) {
        return new Verdict.Fail(id + " from another address: " + status);
      }
    }
    return new Verdict.Pass("the same from another address");
  }

  static Verdict cutOff(Bench bench) throws IOException, InterruptedException {
    Enforcement enforcement = enforcement(bench);
    enforcement.apply(List.of());
    H2Link alice = bench.h2(bench.offerAs(ALICE));
    Tunnel cut = bench.tunnel(alice, Behaviour.ECHO);
    Tunnel stays = bench.tunnel(bench.h2(bench.offerAs(BOB)), Behaviour.ECHO);
    if (!H2Checks.echoes(bench, cut) || !H2Checks.echoes(bench, stays)) {
      return new Verdict.Error("positive control failed");
    }
    enforcement.apply(List.of(Policy.deny("deny", principal(ALICE))));
    if (!ended(alice, cut, CUT_WITHIN)) {
      return new Verdict.Fail("still open two seconds after the policy");
    }
    return H2Checks.echoes(bench, stays)
        ? new Verdict.Pass("closed within two seconds, the other lives")
        : new Verdict.Fail("another caller's tunnel died as well");
  }

  private static boolean ended(H2Link h2, Tunnel tunnel, Duration within) throws IOException {
    try {
      return h2.await(
              f ->
                  f.is(Frame.RST_STREAM) && f.stream() == tunnel.stream()
                      || f.is(Frame.GOAWAY)
                      || f.is(Frame.DATA) && f.has(Frame.END_STREAM),
              within)
          .isPresent();
    } catch (LinkClosed e) {
      return true;
    }
  }

  static Verdict flips(Bench bench) throws IOException, InterruptedException {
    Enforcement enforcement = enforcement(bench);
    H2Link h2 = bench.h2(bench.offerAs(ALICE));
    List<Tunnel> open = new ArrayList<>();
    int denied = 0;
    for (int i = 0; i < FLIPS; i++) {
      boolean allow = i % 2 == 0;
      // Sent before the change is in force: either of the two may judge it.
      Tunnel during = Tunnel.connect(h2, bench.authority(Behaviour.ECHO));
      enforcement.apply(
          List.of(
              allow
                  ? Policy.allow("flip", principal(ALICE))
                  : Policy.deny("flip", principal(ALICE))));
      Tunnel after = Tunnel.connect(h2, bench.authority(Behaviour.ECHO));
      boolean decided = h2.await(f -> f.stream() == during.stream(), bench.patience()).isPresent();
      boolean accepted = after.status(bench.patience()).equals(Optional.of(200));
      if (!decided || accepted != allow) {
        return new Verdict.Fail(
            decided
                ? "change %d: judged by the policy before".formatted(i)
                : "change %d: a tunnel is neither accepted nor denied".formatted(i));
      }
      denied += accepted ? 0 : 1;
      if (accepted) {
        open.add(after);
      }
    }
    for (Tunnel each : open) {
      if (h2.seen().stream().noneMatch(f -> ends(f, each)) && !ended(h2, each, CUT_WITHIN)) {
        return new Verdict.Fail("a tunnel of an earlier ALLOW is still open");
      }
    }
    bench.transcript().add("%d accepted, %d denied", open.size(), denied);
    return new Verdict.Pass("every tunnel was denied, or cut off afterwards");
  }

  private static boolean ends(Frame frame, Tunnel tunnel) {
    return frame.stream() == tunnel.stream()
        && (frame.is(Frame.RST_STREAM) || frame.has(Frame.END_STREAM) && frame.is(Frame.DATA));
  }
}
