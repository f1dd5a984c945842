package dev.marrow.conformance.cases;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.run.Bench;
import dev.marrow.conformance.wire.LinkClosed;
import dev.marrow.conformance.wire.RawHello;
import dev.marrow.conformance.wire.ServerHello;
import dev.marrow.conformance.wire.TcpLink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** What a target does with hellos of TLS 1.2, and with those of TLS 1.3 that ask for less. */
final class LegacyChecks {
  private static final byte[] DOWNGRADED = "DOWNGRD\u0001".getBytes(StandardCharsets.ISO_8859_1);
  private static final int KEY_SHARE = 51;
  private static final int PSK_MODES = 45;

  private LegacyChecks() {}

  /** The answer to a hello; empty when there was an alert or an end instead. */
  private static Optional<ServerHello> answer(Bench bench, RawHello hello) throws IOException {
    TcpLink tcp = bench.tcp();
    try {
      tcp.write(hello.bytes());
      return ServerHello.parse(tcp.read(bench.patience()));
    } catch (LinkClosed e) {
      bench.transcript().add("closed: %s", String.valueOf(e.getMessage()));
      return Optional.empty();
    } finally {
      tcp.close();
    }
  }

  static Verdict weakTls12(Bench bench) throws IOException {
    if (answer(bench, RawHello.tls12("c02bc02fc02cc030")).isEmpty()) {
      return new Verdict.Pass("TLS 1.2 is not spoken at all");
    }
    for (String suites : new String[] {"c009c013c023c027", "002f0035003c", "009c009d"}) {
      if (answer(bench, RawHello.tls12(suites)).isPresent()) {
        return new Verdict.Fail("suites %s are accepted".formatted(suites));
      }
    }
    return new Verdict.Pass("TLS 1.2 only with ECDHE and AES-GCM");
  }

  static Verdict downgradeSentinel(Bench bench) throws IOException {
    Optional<ServerHello> hello = answer(bench, RawHello.tls12("c02bc02fc02cc030"));
    if (hello.isEmpty()) {
      return new Verdict.Pass("TLS 1.2 is not spoken at all");
    }
    byte[] random = hello.get().random();
    return Arrays.equals(Arrays.copyOfRange(random, 24, 32), DOWNGRADED)
        ? new Verdict.Pass("the random says that more was possible")
        : new Verdict.Fail("the random does not say that TLS 1.3 was possible");
  }

  static Verdict pskWithoutKeyShare(Bench bench) throws IOException {
    RawHello hello = new RawHello().replaced(PSK_MODES, new byte[] {1, 0});
    Optional<ServerHello> answer = answer(bench, hello);
    if (answer.isEmpty()) {
      return new Verdict.Pass("refused");
    }
    return answer.get().extensions().contains(KEY_SHARE)
        ? new Verdict.Pass("a full handshake with a key share")
        : new Verdict.Fail("a handshake without a key share");
  }
}
