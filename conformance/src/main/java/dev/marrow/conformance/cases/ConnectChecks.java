package dev.marrow.conformance.cases;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Arrival;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.run.Attempt;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.wire.Field;
import dev.marrow.conformance.wire.Frames;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.HpackEncoder;
import dev.marrow.conformance.wire.Tunnel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks of group H that take more than a line. */
final class ConnectChecks {
  private static final Field CONNECT = Field.of(":method", "CONNECT");
  private static final int MOST_TUNNELS = 50;

  private ConnectChecks() {}

  private static Field authority(Bench bench) {
    return Field.of(":authority", bench.authority(Behaviour.ECHO));
  }

  static Verdict schemeAndPath(Bench bench) throws IOException {
    Field scheme = Field.of(":scheme", "https");
    Field path = Field.of(":path", "/");
    return H2Checks.worst(
        H2Checks.malformed(bench, CONNECT, scheme, authority(bench)),
        H2Checks.malformed(bench, CONNECT, path, authority(bench)),
        H2Checks.malformed(bench, CONNECT, scheme, path, authority(bench)));
  }

  static Verdict missingPseudo(Bench bench) throws IOException {
    return H2Checks.worst(
        H2Checks.malformed(bench, CONNECT),
        H2Checks.malformed(bench, authority(bench)),
        H2Checks.malformed(bench, CONNECT, authority(bench), authority(bench)));
  }

  static Verdict wrongPorts(Bench bench) throws IOException {
    String host = bench.target().applicationHost();
    return refusedAll(
        bench,
        host,
        host + ":",
        host + ":0",
        host + ":65536",
        host + ":+80",
        host + ":0x50",
        ":80");
  }

  static Verdict wrongAuthorities(Bench bench) throws IOException {
    String good = bench.authority(Behaviour.ECHO);
    return refusedAll(
        bench,
        "user@" + good,
        good + "/",
        good + "/path",
        good + " ",
        "a b:80",
        "a\tb:80",
        "fe80::1:80",
        "[fe80::1%25eth0]:80",
        "[::1:80",
        "::1]:80");
  }

  private static Verdict refusedAll(Bench bench, String... authorities) throws IOException {
    for (String authority : authorities) {
      int before = bench.backend().count();
      H2Link h2 = bench.h2();
      Tunnel tunnel = Tunnel.connect(h2, authority);
      Reaction reaction = Reaction.await(h2, tunnel.stream(), bench.patience());
      boolean served = reaction instanceof Reaction.Status s && s.code() / 100 == 2;
      if (served || reaction instanceof Reaction.None || bench.backend().count() > before) {
        return new Verdict.Fail("'%s': %s".formatted(authority, reaction));
      }
    }
    return new Verdict.Pass("%d authorities refused".formatted(authorities.length));
  }

  static Verdict otherMethods(Bench bench) throws IOException {
    for (String method : List.of("GET", "POST", "PUT", "OPTIONS")) {
      int before = bench.backend().count();
      H2Link h2 = bench.h2();
      Tunnel tunnel =
          Tunnel.request(
              h2,
              true,
              Field.of(":method", method),
              Field.of(":scheme", "https"),
              Field.of(":path", "/"),
              authority(bench));
      Reaction reaction = Reaction.await(h2, tunnel.stream(), bench.patience());
      boolean refused =
          reaction instanceof Reaction.Status s && s.code() >= 400
              || reaction instanceof Reaction.StreamError;
      if (!refused || bench.backend().count() > before) {
        return new Verdict.Fail("%s: %s".formatted(method, reaction));
      }
    }
    return new Verdict.Pass("refused, the application saw nothing");
  }

  static Verdict methodCase(Bench bench) throws IOException {
    for (String method : List.of("connect", "Connect", "CONNECT ")) {
      H2Link h2 = bench.h2();
      Tunnel tunnel = Tunnel.request(h2, false, Field.of(":method", method), authority(bench));
      Reaction reaction = Reaction.await(h2, tunnel.stream(), bench.patience());
      if (reaction instanceof Reaction.None
          || reaction instanceof Reaction.Status s && s.code() / 100 == 2) {
        return new Verdict.Fail("'%s': %s".formatted(method, reaction));
      }
    }
    return new Verdict.Pass("refused");
  }

  static Verdict extendedConnect(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    if (h2.settings().getOrDefault(8, 0L) == 1) {
      return new Verdict.Skip("announces ENABLE_CONNECT_PROTOCOL");
    }
    return H2Checks.malformed(
        bench,
        CONNECT,
        Field.of(":protocol", "websocket"),
        Field.of(":scheme", "https"),
        Field.of(":path", "/"),
        authority(bench));
  }

  static Verdict foreignAddress(Bench bench) throws IOException {
    Attempt control = bench.attempt(bench.offer());
    if (!control.echoed()) {
      return new Verdict.Error("positive control failed: " + control.how());
    }
    if (!bench.target().onThisMachine()) {
      return refusedForeign(
          bench.attempt(bench.offer(), bench.target().foreignAuthority()), bench.patience());
    }
    // On loopback somebody can listen there, and tell whether it was dialled.
    try (ServerSocket decoy =
        new ServerSocket(0, 8, InetAddress.getByAddress(new byte[] {127, 99, 99, 99}))) {
      Attempt attempt = bench.attempt(bench.offer(), "127.99.99.99:" + decoy.getLocalPort());
      decoy.setSoTimeout(50);
      decoy.accept().close();
      return new Verdict.Fail("an address that is not this workload was dialled: " + attempt.how());
    } catch (SocketTimeoutException e) {
      return refusedForeign(
          bench.attempt(bench.offer(), bench.target().foreignAuthority()), bench.patience());
    }
  }

  private static Verdict refusedForeign(Attempt attempt, Duration patience) {
    if (attempt.status().equals(Optional.of(400))) {
      return new Verdict.Pass("400");
    }
    if (attempt.status().isPresent() && attempt.status().get() / 100 == 2) {
      return new Verdict.Fail("an address that is not this workload was dialled");
    }
    return attempt.took().compareTo(patience) >= 0
        ? new Verdict.Fail("no answer in time: it seems to dial")
        : new Verdict.Conceptual("refused with: " + attempt.how());
  }

  static Verdict ownPorts(Bench bench) throws IOException {
    String host = bench.target().applicationHost();
    List<String> wrong = new ArrayList<>(List.of("0.0.0.0:9"));
    if (!bench.target().onThisMachine()) {
      wrong.add("169.254.169.254:80");
    }
    for (int port : new int[] {15001, 15006, 15008, 15053}) {
      wrong.add(host + ":" + port);
    }
    return refusedAll(bench, wrong.toArray(new String[0]));
  }

  static Verdict ownServices(Bench bench) throws IOException {
    String host = bench.target().applicationHost();
    return refusedAll(bench, host + ":15000");
  }

  static Verdict unknownNames(Bench bench) throws IOException {
    return refusedAll(
        bench,
        "no-such-service.nowhere.svc.cluster.local:80",
        "a".repeat(300) + ".svc.cluster.local:80");
  }

  static Verdict deadPort(Bench bench) throws IOException {
    int port;
    try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = unused.getLocalPort();
    }
    Attempt attempt = bench.attempt(bench.offer(), bench.target().applicationHost() + ":" + port);
    if (attempt.status().isPresent() && attempt.status().get() / 100 == 2) {
      return new Verdict.Fail("200 for a port where nobody listens");
    }
    return attempt.status().equals(Optional.of(503))
        ? new Verdict.Pass("503")
        : new Verdict.Conceptual(attempt.how());
  }

  static Verdict noLength(Bench bench) throws IOException {
    Tunnel tunnel = bench.tunnel(bench.h2(), Behaviour.ECHO);
    boolean wrong =
        tunnel.answer().stream()
            .anyMatch(
                f -> f.name().equals("content-length") || f.name().equals("transfer-encoding"));
    return wrong
        ? new Verdict.Fail("answer: " + tunnel.answer())
        : new Verdict.Pass("answer: " + tunnel.answer());
  }

  static Verdict trailers(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    Tunnel tunnel = bench.tunnel(h2, Behaviour.STALL);
    h2.send(Frames.headers(tunnel.stream(), true, HpackEncoder.encode(Field.of("x-trailer", "a"))));
    return Reaction.await(h2, tunnel.stream(), bench.patience()).asMalformed();
  }

  static Verdict expectAndLength(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    Tunnel tunnel =
        Tunnel.connect(
            h2,
            bench.authority(Behaviour.ECHO),
            Field.of("expect", "100-continue"),
            Field.of("content-length", "5"));
    Optional<Integer> status = tunnel.status(bench.patience());
    if (status.equals(Optional.of(100))) {
      return new Verdict.Fail("answered 100");
    }
    if (!status.equals(Optional.of(200))) {
      return new Verdict.Pass("refused: " + status.map(String::valueOf).orElse("reset"));
    }
    return H2Checks.echoes(bench, tunnel)
        ? new Verdict.Pass("both fields ignored")
        : new Verdict.Fail("the tunnel stops at five bytes");
  }

  static Verdict endStreamOnRequest(Bench bench) throws IOException {
    Tunnel tunnel =
        Tunnel.request(
            bench.h2(), true, CONNECT, Field.of(":authority", bench.authority(Behaviour.STREAM)));
    if (!tunnel.status(bench.patience()).equals(Optional.of(200))) {
      return new Verdict.Fail("not answered with 200");
    }
    byte[] all = tunnel.receive(Integer.MAX_VALUE, Duration.ofSeconds(10));
    Arrival arrival = bench.lastArrival(Behaviour.STREAM);
    boolean fin = TunnelChecks.waitFor(() -> arrival.end() == Arrival.End.FIN, bench.patience());
    return FlowChecks.intact(all) && fin
        ? new Verdict.Pass("FIN for the application, its answer intact")
        : new Verdict.Fail("%d bytes, FIN %s".formatted(all.length, fin));
  }

  static Verdict earlyData(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    String nonce = bench.nonce();
    Tunnel early = Tunnel.connect(h2, bench.authority(Behaviour.ECHO));
    early.send(nonce.getBytes(StandardCharsets.US_ASCII), false);
    early.status(bench.patience());
    String back =
        new String(early.receive(nonce.length(), bench.patience()), StandardCharsets.US_ASCII);
    int before = bench.backend().count();
    Tunnel refused = Tunnel.connect(h2, bench.target().foreignAuthority());
    refused.send(nonce.getBytes(StandardCharsets.US_ASCII), true);
    Reaction reaction = Reaction.await(h2, refused.stream(), bench.patience());
    if (bench.backend().count() > before
        || reaction instanceof Reaction.Status s && s.code() == 200) {
      return new Verdict.Fail("data for a refused target went somewhere: " + reaction);
    }
    boolean refusedEarly = back.isEmpty();
    return back.equals(nonce) || refusedEarly
        ? new Verdict.Pass(
            refusedEarly ? "early data refused" : "delivered once, after the connection")
        : new Verdict.Fail("came back as " + back);
  }

  static Verdict hostField(Bench bench) throws IOException {
    Tunnel tunnel =
        Tunnel.connect(
            bench.h2(), bench.authority(Behaviour.ECHO), Field.of("host", "elsewhere.example:80"));
    Optional<Integer> status = tunnel.status(bench.patience());
    if (!status.equals(Optional.of(200))) {
      return new Verdict.Pass("refused: " + status.map(String::valueOf).orElse("reset"));
    }
    return H2Checks.echoes(bench, tunnel)
        ? new Verdict.Pass("the authority wins")
        : new Verdict.Fail("200, but not the application of the authority");
  }

  static Verdict noCrossTalk(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    int count =
        (int)
            Math.min(MOST_TUNNELS, h2.settings().getOrDefault(Frames.MAX_CONCURRENT_STREAMS, 100L));
    List<Tunnel> tunnels = new ArrayList<>();
    List<String> nonces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tunnels.add(Tunnel.connect(h2, bench.authority(Behaviour.ECHO)));
      nonces.add(bench.nonce());
    }
    for (int i = 0; i < count; i++) {
      tunnels.get(i).status(bench.patience());
      tunnels.get(i).send(nonces.get(i).getBytes(StandardCharsets.US_ASCII), false);
    }
    for (int i = count - 1; i >= 0; i--) {
      String back =
          new String(tunnels.get(i).receive(32, bench.patience()), StandardCharsets.US_ASCII);
      if (!back.equals(nonces.get(i))) {
        return new Verdict.Fail("tunnel %d got '%s' instead of its nonce".formatted(i, back));
      }
    }
    return new Verdict.Pass(count + " tunnels, every nonce on its own");
  }

  static Verdict garbageFields(Bench bench) throws IOException {
    String garbage = "=,;%zz\"\\" + "x".repeat(500);
    Tunnel tunnel =
        Tunnel.connect(
            bench.h2(),
            bench.authority(Behaviour.ECHO),
            Field.of("traceparent", garbage),
            Field.of("baggage", garbage),
            Field.of("forwarded", garbage),
            Field.of("x-forwarded-network", garbage));
    Optional<Integer> status = tunnel.status(bench.patience());
    boolean works = status.equals(Optional.of(200)) && H2Checks.echoes(bench, tunnel);
    return works
        ? new Verdict.Pass("ignored")
        : new Verdict.Fail("status " + status.map(String::valueOf).orElse("none"));
  }
}
