package dev.marrow.conformance.cases;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Arrival;
import dev.marrow.conformance.backend.Behaviour;
import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.run.Attempt;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.run.Judge;
import dev.marrow.conformance.wire.Alert;
import dev.marrow.conformance.wire.Frames;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.LinkClosed;
import dev.marrow.conformance.wire.RawHello;
import dev.marrow.conformance.wire.TcpLink;
import dev.marrow.conformance.wire.TlsLink;
import dev.marrow.conformance.wire.TlsOffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.NamedGroup;

/** Checks of group A that take more than one attempt. */
final class TlsChecks {
  private static final int ALERT = 21;
  private static final Duration PATIENCE_WITH_SILENCE = Duration.ofSeconds(12);

  private TlsChecks() {}

  static Verdict suites(Bench bench) {
    for (int suite :
        new int[] {CipherSuite.TLS_AES_128_GCM_SHA256, CipherSuite.TLS_AES_256_GCM_SHA384}) {
      Attempt attempt = bench.attempt(bench.offer().withSuites(suite));
      if (!attempt.echoed()) {
        return new Verdict.Fail("suite 0x%04x not accepted: %s".formatted(suite, attempt.how()));
      }
    }
    boolean third =
        bench.attempt(bench.offer().withSuites(CipherSuite.TLS_CHACHA20_POLY1305_SHA256)).echoed();
    return new Verdict.Pass("both accepted; ChaCha20 " + (third ? "too" : "is not"));
  }

  static Verdict groups(Bench bench) {
    Attempt needed = bench.attempt(bench.offer().withGroups(NamedGroup.secp256r1));
    if (!needed.echoed()) {
      return new Verdict.Fail("P-256 alone not accepted: " + needed.how());
    }
    StringBuilder also = new StringBuilder();
    for (int group :
        new int[] {NamedGroup.x25519, NamedGroup.secp384r1, NamedGroup.X25519MLKEM768}) {
      boolean accepted = bench.attempt(bench.offer().withGroups(group)).echoed();
      also.append(", ").append(NamedGroup.getName(group)).append(accepted ? " too" : " not");
    }
    Verdict odd =
        Judge.refused(bench.attempt(bench.offer().withGroups(NamedGroup.brainpoolP256r1tls13)));
    return odd instanceof Verdict.Fail ? odd : new Verdict.Pass("P-256 accepted" + also);
  }

  static Verdict alpnChoice(Bench bench) throws IOException {
    TlsLink tls = bench.tls(bench.offer().withAlpn("foo", "http/1.1", "h2"));
    return tls.applicationProtocol().equals(Optional.of("h2"))
        ? new Verdict.Pass("h2 selected")
        : new Verdict.Fail("selected " + tls.applicationProtocol().orElse("nothing"));
  }

  static Verdict onlyHttp1(Bench bench) throws IOException {
    return withoutH2(bench, bench.offer().withAlpn("http/1.1"), true);
  }

  static Verdict withoutAlpn(Bench bench) throws IOException {
    Verdict verdict = withoutH2(bench, bench.offer().withAlpn(), false);
    if (verdict instanceof Verdict.Fail) {
      return verdict;
    }
    boolean served = bench.attempt(bench.offer().withAlpn()).echoed();
    return new Verdict.Recorded(served ? "HTTP/2 by prior knowledge" : "refused");
  }

  // An HTTP/1.1 CONNECT must never be answered, whatever was negotiated.
  private static Verdict withoutH2(Bench bench, TlsOffer offer, boolean named) throws IOException {
    try {
      TlsLink tls = bench.tls(offer);
      String authority = bench.authority(Behaviour.ECHO);
      tls.write(
          "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n"
              .formatted(authority, authority)
              .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(tls.read(bench.patience()), StandardCharsets.ISO_8859_1);
      if (WaypointChecks.positive(answer)) {
        return new Verdict.Fail("served as HTTP/1: " + answer.lines().findFirst().orElse(""));
      }
      return new Verdict.Conceptual("not served, but the handshake went through");
    } catch (LinkClosed e) {
      boolean letter = e.alert().equals(Optional.of(Alert.NO_APPLICATION_PROTOCOL));
      return letter || !named
          ? new Verdict.Pass("refused: " + e.getMessage())
          : new Verdict.Conceptual("refused, but with: " + e.getMessage());
    }
  }

  static Verdict serverNames(Bench bench) throws IOException {
    Set<String> expected = identity(bench.tls(bench.offer()));
    List<byte[]> names =
        List.of(
            "no-such-host.example".getBytes(StandardCharsets.US_ASCII),
            "a".repeat(255).getBytes(StandardCharsets.US_ASCII),
            "127.0.0.1".getBytes(StandardCharsets.US_ASCII));
    List<String> seen = new ArrayList<>();
    for (byte[] name : names) {
      TlsOffer offer = bench.offer().withServerName(name);
      Attempt without = bench.attempt(offer.withCredential(Optional.empty()));
      if (Judge.refused(without) instanceof Verdict.Fail f) {
        return new Verdict.Fail("with a server name and no certificate: " + f.observed());
      }
      try {
        // The certificate may have been renewed meanwhile; who it names stays.
        if (!identity(bench.tls(offer)).equals(expected)) {
          return new Verdict.Fail("another identity for a name of %d bytes".formatted(name.length));
        }
        seen.add("ignored");
      } catch (LinkClosed e) {
        seen.add("refused");
      }
    }
    return bench.attempt(bench.offer()).echoed()
        ? new Verdict.Pass("unknown, long and numeric name: " + seen)
        : new Verdict.Fail("no longer serves anybody");
  }

  private static Set<String> identity(TlsLink tls) {
    var leaf = org.bouncycastle.asn1.x509.Certificate.getInstance(tls.serverChain().getFirst());
    GeneralNames names =
        GeneralNames.fromExtensions(
            leaf.getTBSCertificate().getExtensions(), Extension.subjectAlternativeName);
    return names == null
        ? Set.of(leaf.getSubject().toString())
        : Arrays.stream(names.getNames()).map(Object::toString).collect(Collectors.toSet());
  }

  static Verdict cutHellos(Bench bench) {
    for (TlsOffer.HelloShape shape :
        List.of(
            TlsOffer.HelloShape.ONE_BYTE_SEGMENTS,
            TlsOffer.HelloShape.SPLIT_HANDSHAKE_HEADER,
            TlsOffer.HelloShape.ONE_BYTE_RECORDS)) {
      TlsOffer cut = bench.offer().withHelloShape(shape);
      Attempt without = bench.attempt(cut.withCredential(Optional.empty()));
      if (Judge.refused(without) instanceof Verdict.Fail f) {
        return new Verdict.Fail("%s without a certificate: %s".formatted(shape, f.observed()));
      }
      Attempt with = bench.attempt(cut);
      boolean unusual = shape == TlsOffer.HelloShape.ONE_BYTE_RECORDS;
      if (!with.echoed() && !unusual) {
        return new Verdict.Fail("%s not accepted: %s".formatted(shape, with.how()));
      }
      if (!with.echoed()) {
        return new Verdict.Conceptual("one-byte records are refused: " + with.how());
      }
    }
    return new Verdict.Pass("read alike, and the certificate is asked for");
  }

  static Verdict silence(Bench bench) throws IOException, InterruptedException {
    TcpLink silent = bench.tcp();
    TcpLink half = bench.tcp();
    byte[] hello = new RawHello().bytes();
    half.write(Arrays.copyOf(hello, hello.length / 2));
    TcpLink stalled = bench.tcp();
    stalled.write(hello);
    long start = System.nanoTime();
    long deadline = start + PATIENCE_WITH_SILENCE.toNanos();
    List<String> late = new ArrayList<>();
    closes(silent, deadline, "a silent connection", late);
    closes(half, deadline, "half a ClientHello", late);
    closes(stalled, deadline, "a handshake that stopped", late);
    long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
    bench.transcript().add("closed within %d s", seconds);
    return late.isEmpty()
        ? new Verdict.Pass("closed in time")
        : new Verdict.Fail("still open after 12 s: " + String.join(", ", late));
  }

  private static void closes(TcpLink link, long deadline, String what, List<String> late)
      throws IOException {
    try {
      while (true) {
        Duration left = Duration.ofNanos(deadline - System.nanoTime());
        if (left.isNegative() || link.read(left).length == 0) {
          late.add(what);
          return;
        }
      }
    } catch (LinkClosed e) {
      // As it should be.
    }
  }

  /** Each of {@code firsts}, sent as the first bytes of a connection, has to end it. */
  static Verdict refusedHellos(Bench bench, List<byte[]> firsts) throws IOException {
    List<String> how = new ArrayList<>();
    for (int i = 0; i < firsts.size(); i++) {
      TcpLink tcp = bench.tcp();
      try {
        tcp.write(firsts.get(i));
        byte[] answer = tcp.read(bench.patience());
        if (answer.length == 0) {
          return new Verdict.Fail("variant %d of %d: no reaction".formatted(i + 1, firsts.size()));
        }
        if (answer[0] != ALERT && !breaksOff(bench, tcp)) {
          return new Verdict.Fail(
              "variant %d of %d: the handshake goes on".formatted(i + 1, firsts.size()));
        }
        boolean alert = answer[0] == ALERT && answer.length >= 7;
        how.add(alert ? new Alert(answer[6]).toString() : "closed");
      } catch (LinkClosed e) {
        how.add("closed");
      }
    }
    return bench.attempt(bench.offer()).echoed()
        ? new Verdict.Pass(String.join(", ", how))
        : new Verdict.Error("positive control failed afterwards");
  }

  private static boolean breaksOff(Bench bench, TcpLink tcp) throws IOException {
    while (true) {
      byte[] more = tcp.read(bench.patience());
      if (more.length == 0 || more[0] == ALERT) {
        return more.length > 0;
      }
    }
  }

  static Verdict badShares(Bench bench) throws IOException {
    return refusedHellos(
        bench,
        List.of(new RawHello().zeroShare().bytes(), new RawHello().shareOffTheCurve().bytes()));
  }

  static Verdict badRecords(Bench bench) throws IOException {
    byte[] large = RawHello.record(22, new byte[(1 << 14) + 257]);
    Verdict verdict = refusedHellos(bench, List.of(large));
    if (!(verdict instanceof Verdict.Pass)) {
      return verdict;
    }
    Verdict empty = refusedHellos(bench, List.of(RawHello.record(22, new byte[0])));
    return empty instanceof Verdict.Fail
        ? new Verdict.Conceptual("too long: refused; empty: waits for more")
        : empty;
  }

  static Verdict oddHellos(Bench bench) throws IOException {
    return refusedHellos(
        bench,
        List.of(
            new RawHello().extension(45, new byte[] {1, 1}).bytes(),
            new RawHello().compression(1, 0).bytes()));
  }

  static Verdict otherKey(Bench bench) {
    Svid other =
        dev.marrow.conformance.mint.Mint.selfSigned(
            dev.marrow.conformance.mint.LeafSpec.svid(bench.target().identity()));
    Svid mixed = new Svid(bench.svid().chain(), other.key());
    return ChainChecks.both(
        bench,
        TlsOffer.standard(mixed),
        bench.offer().withTamper(TlsChecks::flipLast),
        Alert.DECRYPT_ERROR);
  }

  private static byte[] flipLast(byte[] signature) {
    byte[] wrong = signature.clone();
    wrong[wrong.length - 1] ^= 1;
    return wrong;
  }

  static Verdict certificateRequest(Bench bench) throws IOException {
    TlsLink tls = bench.tls(bench.offer());
    Optional<List<Integer>> schemes = tls.requestedSchemes();
    if (schemes.isEmpty() || schemes.get().isEmpty()) {
      return new Verdict.Fail(
          schemes.isEmpty() ? "no CertificateRequest" : "no signature algorithms");
    }
    return new Verdict.Pass("asks for a certificate, algorithms " + shown(schemes.get()));
  }

  private static List<String> shown(List<Integer> schemes) {
    return schemes.stream().map("0x%04x"::formatted).toList();
  }

  static Verdict requestedSha1(Bench bench) throws IOException {
    List<Integer> schemes = bench.tls(bench.offer()).requestedSchemes().orElse(List.of());
    boolean old = schemes.contains(0x0201) || schemes.contains(0x0203);
    return old
        ? new Verdict.Fail("asks for SHA-1 too: " + shown(schemes))
        : new Verdict.Pass("algorithms " + shown(schemes));
  }

  static Verdict truncation(Bench bench) throws IOException {
    H2Link h2 = bench.h2();
    H2Checks.echoes(bench, bench.tunnel(h2, Behaviour.ECHO));
    Arrival arrival = bench.lastArrival(Behaviour.ECHO);
    h2.link().tcp().finish();
    TunnelChecks.waitFor(() -> arrival.end() != Arrival.End.OPEN, bench.patience());
    return arrival.end() == Arrival.End.RST
        ? new Verdict.Pass("RST for the application")
        : new Verdict.Fail("the application saw " + arrival.end());
  }

  static Verdict plaintext(Bench bench) throws IOException {
    bench.backend().settle(Behaviour.ECHO);
    int before = bench.backend().count();
    byte[] get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    for (byte[] first : List.of(get, Frames.concat(Frames.PREFACE, Frames.settings()))) {
      TcpLink tcp = bench.tcp();
      try {
        tcp.write(first);
        byte[] answer = tcp.read(bench.patience());
        if (answer.length == 0) {
          return new Verdict.Fail("still open");
        }
        if (answer[0] != ALERT) {
          return new Verdict.Fail(
              "answered without TLS: " + dev.marrow.conformance.wire.Hex.brief(answer));
        }
      } catch (LinkClosed e) {
        bench.transcript().add("closed");
      }
    }
    return bench.backend().count() == before
        ? new Verdict.Pass("closed")
        : new Verdict.Fail("the application saw a connection");
  }
}
