package dev.marrow.conformance.cases;

import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.hostile.HostileServer;
import dev.marrow.conformance.hostile.Meeting;
import dev.marrow.conformance.hostile.Trait;
import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.RevocationSpec;
import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.run.Bench;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks of group D: the target dials the kit. The hook {@code outbound} is a shell command that
 * makes it do so once; it finds the address in {@code KIT_ADDRESS}, the identity to expect in
 * {@code KIT_IDENTITY} and bytes to send in {@code KIT_BYTES}.
 */
final class ClientChecks {
  static final String IDENTITY = "spiffe://cluster.local/ns/default/sa/kit-server";

  // Not where the target is: it has to tell the kit from its own workload.
  private static final byte[] OWN = {127, 0, 1, 2};

  private static final int MOST_DIALS = 10;

  private ClientChecks() {}

  static LeafSpec good() {
    return LeafSpec.svid(IDENTITY);
  }

  static Verdict connects(Bench bench, Trait... traits) throws IOException, InterruptedException {
    Optional<Meeting> met = meet(bench, bench.mint().issue(good()), traits);
    if (met.isEmpty()) {
      return new Verdict.Error("the hook made nobody dial");
    }
    Meeting meeting = met.get();
    if (meeting.request().isEmpty()) {
      return new Verdict.Fail("no CONNECT came, handshake " + meeting.handshake());
    }
    if (meeting.clientChain().isEmpty()) {
      return new Verdict.Fail("no certificate was shown");
    }
    return meeting.serverName().isPresent()
        ? new Verdict.Conceptual("connects, but with the server name " + meeting.serverName().get())
        : new Verdict.Pass("connects with its certificate, ALPN %s".formatted(meeting.alpn()));
  }

  /** A good server is dialled first; then no CONNECT and no byte may reach the wrong one. */
  static Verdict aborts(Bench bench, Svid shown, Trait... traits)
      throws IOException, InterruptedException {
    Optional<Meeting> control = meet(bench, bench.mint().issue(good()));
    if (control.isEmpty() || control.get().request().isEmpty()) {
      return new Verdict.Error("positive control failed: a good server was not dialled");
    }
    Optional<Meeting> met = meet(bench, shown, traits);
    if (met.isPresent() && met.get().plaintext()) {
      return new Verdict.Fail("sent plaintext");
    }
    if (met.isPresent() && (met.get().request().isPresent() || met.get().bytes() > 0)) {
      return new Verdict.Fail("sent CONNECT to it");
    }
    return met.isEmpty()
        ? new Verdict.Conceptual("did not dial at all")
        : new Verdict.Pass("broke off");
  }

  /** CONNECT may come, but no byte of the application before a 200. */
  static Verdict holdsBack(Bench bench, Trait trait) throws IOException, InterruptedException {
    Optional<Meeting> met = meet(bench, bench.mint().issue(good()), trait);
    if (met.isEmpty() || met.get().request().isEmpty()) {
      return new Verdict.Error("no CONNECT came");
    }
    return met.get().bytesBefore() == 0
        ? new Verdict.Pass("no byte before a 200")
        : new Verdict.Fail("%d bytes without a 200".formatted(met.get().bytesBefore()));
  }

  /** RES-07: the connection has to end, whatever the client wanted on it. */
  static Verdict askedAgain(Bench bench) throws IOException, InterruptedException {
    Svid good = bench.mint().issue(good());
    Optional<Meeting> control = meet(bench, good);
    if (control.isEmpty() || control.get().request().isEmpty()) {
      return new Verdict.Error("positive control failed: a good server was not dialled");
    }
    Optional<Meeting> met = meet(bench, good, Trait.ASKS_AGAIN);
    if (met.isEmpty() || !met.get().handshake()) {
      return new Verdict.Error("could not be judged: the handshake did not get as far");
    }
    return met.get().over()
        ? new Verdict.Pass("ended the connection")
        : new Verdict.Fail("goes on as if nothing had come");
  }

  static Verdict recorded(Bench bench, Trait trait) throws IOException, InterruptedException {
    Optional<Meeting> met = meet(bench, bench.mint().issue(good()), trait);
    boolean goesOn = met.isPresent() && met.get().request().isPresent();
    return new Verdict.Recorded(goesOn ? "sends its CONNECT" : "breaks off");
  }

  static Verdict revoked(Bench bench) throws IOException, InterruptedException {
    Svid bad = bench.mint().issue(good());
    RevocationSpec spec = RevocationSpec.empty().revoked(bad.chain().getFirst());
    Revocations.of(bench).apply(bench.mint().revocationList(spec));
    long deadline = System.nanoTime() + Duration.ofSeconds(6).toNanos();
    Verdict verdict = aborts(bench, bad);
    while (verdict instanceof Verdict.Fail && System.nanoTime() < deadline) {
      verdict = aborts(bench, bad);
    }
    return verdict;
  }

  static Verdict goesAway(Bench bench) throws IOException, InterruptedException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getByAddress(OWN), 0);
    try (HostileServer server =
        HostileServer.start(any, bench.mint().issue(good()), Trait.GOES_AWAY)) {
      dial(
          bench, server.address().getAddress().getHostAddress() + ":" + server.address().getPort());
      int count = server.meetings().size();
      return count <= MOST_DIALS
          ? new Verdict.Pass("few connections")
          : new Verdict.Fail("%d connections for one tunnel".formatted(count));
    }
  }

  private static Optional<Meeting> meet(Bench bench, Svid shown, Trait... traits)
      throws IOException, InterruptedException {
    if (!bench.target().onThisMachine()) {
      throw new IOException("the kit can only be dialled on this machine, for now");
    }
    InetSocketAddress any = new InetSocketAddress(InetAddress.getByAddress(OWN), 0);
    try (HostileServer server = HostileServer.start(any, shown, traits)) {
      String where =
          server.address().getAddress().getHostAddress() + ":" + server.address().getPort();
      dial(bench, where);
      // A client may keep its connection for later: a CONNECT that is answered tells enough.
      boolean answers =
          List.of(traits).stream()
              .noneMatch(t -> t.name().startsWith("ANSWERS") || t == Trait.ASKS_AGAIN);
      TunnelChecks.waitFor(
          () ->
              server.meetings().stream()
                  .anyMatch(m -> m.over() || answers && m.request().isPresent()),
          bench.patience());
      List<Meeting> meetings = server.meetings();
      return meetings.isEmpty() ? Optional.empty() : Optional.of(meetings.getFirst());
    }
  }

  private static void dial(Bench bench, String where) throws IOException, InterruptedException {
    bench.hook(
        "outbound",
        Map.of("KIT_ADDRESS", where, "KIT_IDENTITY", IDENTITY, "KIT_BYTES", bench.nonce()));
  }
}
