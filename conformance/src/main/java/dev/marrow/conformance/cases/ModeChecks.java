package dev.marrow.conformance.cases;

import static dev.marrow.conformance.policy.Attribute.DESTINATION_PORTS;
import static dev.marrow.conformance.policy.Attribute.PRINCIPALS;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.policy.Enforcement;
import dev.marrow.conformance.policy.Match;
import dev.marrow.conformance.policy.Pattern;
import dev.marrow.conformance.policy.Policy;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.wire.LinkClosed;
import dev.marrow.conformance.wire.RawHello;
import dev.marrow.conformance.wire.TcpLink;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Checks of group J without tunnels: what the target lets through in the clear. */
final class ModeChecks {
  private static final String MISSING =
      "needs plaintextHost in the target file: the address at which plaintext is captured";

  private ModeChecks() {}

  /** Denies whoever has no identity. */
  private static Match anonymous() {
    return Match.EMPTY.without(PRINCIPALS, Pattern.present());
  }

  static Verdict permissive(Bench bench) throws IOException, InterruptedException {
    if (host(bench).isEmpty()) {
      return new Verdict.Skip(MISSING);
    }
    PolicyChecks.enforcement(bench).apply(List.of());
    return served(bench, Behaviour.ECHO)
        ? new Verdict.Pass("served")
        : new Verdict.Fail("plaintext is not served");
  }

  static Verdict strict(Bench bench) throws IOException, InterruptedException {
    if (host(bench).isEmpty()) {
      return new Verdict.Skip(MISSING);
    }
    Enforcement enforcement = PolicyChecks.enforcement(bench);
    enforcement.apply(List.of());
    if (!served(bench, Behaviour.ECHO)) {
      return new Verdict.Error("positive control failed: plaintext is never served");
    }
    enforcement.apply(List.of(Policy.deny("strict", anonymous())));
    int before = bench.backend().count();
    boolean plain = served(bench, Behaviour.ECHO);
    boolean secured = answers(bench, Behaviour.ECHO, new RawHello().bytes());
    bench.backend().settle(Behaviour.ECHO);
    if (plain || secured || bench.backend().count() > before) {
      return new Verdict.Fail(
          plain
              ? "plaintext is served"
              : "the application saw a connection that is not the mesh's");
    }
    return bench.attempt(bench.offer()).echoed()
        ? new Verdict.Pass("refused, tunnels work")
        : new Verdict.Fail("tunnels are refused as well");
  }

  static Verdict needsIdentity(Bench bench) throws IOException, InterruptedException {
    if (host(bench).isEmpty()) {
      return new Verdict.Skip(MISSING);
    }
    Match anybody = Match.EMPTY.with(PRINCIPALS, Pattern.present());
    PolicyChecks.enforcement(bench).apply(List.of(Policy.allow("identified", anybody)));
    if (!bench.attempt(bench.offer()).echoed()) {
      return new Verdict.Error("positive control failed: a tunnel is refused");
    }
    return served(bench, Behaviour.ECHO)
        ? new Verdict.Fail("plaintext is served")
        : new Verdict.Pass("plaintext is denied");
  }

  static Verdict perPort(Bench bench) throws IOException, InterruptedException {
    if (host(bench).isEmpty()) {
      return new Verdict.Skip(MISSING);
    }
    Enforcement enforcement = PolicyChecks.enforcement(bench);
    Pattern port = Pattern.exact(String.valueOf(bench.backend().port(Behaviour.ECHO_ELSEWHERE)));
    for (boolean strictElsewhere : new boolean[] {true, false}) {
      Match where =
          strictElsewhere
              ? Match.EMPTY.with(DESTINATION_PORTS, port)
              : Match.EMPTY.without(DESTINATION_PORTS, port);
      Policy.Rule rule = new Policy.Rule(List.of(anonymous()), List.of(where));
      enforcement.apply(List.of(new Policy("port", Policy.Action.DENY, List.of(rule), false)));
      boolean here = served(bench, Behaviour.ECHO);
      boolean elsewhere = served(bench, Behaviour.ECHO_ELSEWHERE);
      if (here != strictElsewhere || elsewhere == strictElsewhere) {
        return new Verdict.Fail(
            "strict %s: plaintext to the port %s, to the others %s"
                .formatted(
                    strictElsewhere ? "on one port" : "but for one port",
                    elsewhere ? "served" : "refused",
                    here ? "served" : "refused"));
      }
    }
    return new Verdict.Pass("each port as it says");
  }

  static Verdict ownPorts(Bench bench) throws IOException, InterruptedException {
    if (host(bench).isEmpty()) {
      return new Verdict.Skip(MISSING);
    }
    PolicyChecks.enforcement(bench).apply(List.of());
    for (int port : new int[] {15001, 15006, 15008}) {
      if (answers(bench, port, "hello\n".getBytes(StandardCharsets.US_ASCII))) {
        return new Verdict.Fail("port %d answers in the clear".formatted(port));
      }
    }
    return new Verdict.Pass("closed");
  }

  private static Optional<String> host(Bench bench) {
    return bench.target().reach().plaintextHost();
  }

  private static boolean served(Bench bench, Behaviour behaviour) throws IOException {
    return answers(bench, behaviour, bench.nonce().getBytes(StandardCharsets.US_ASCII));
  }

  private static boolean answers(Bench bench, Behaviour behaviour, byte[] bytes)
      throws IOException {
    return answers(bench, bench.backend().port(behaviour), bytes);
  }

  private static boolean answers(Bench bench, int port, byte[] bytes) throws IOException {
    InetSocketAddress address = new InetSocketAddress(host(bench).orElseThrow(), port);
    try {
      TcpLink tcp = bench.keep(TcpLink.connect(address, bench.patience(), bench.transcript()));
      tcp.write(bytes);
      return tcp.read(bench.patience()).length > 0;
    } catch (LinkClosed e) {
      return false;
    } catch (IOException e) {
      bench.transcript().add("plaintext: %s", String.valueOf(e.getMessage()));
      return false;
    }
  }
}
