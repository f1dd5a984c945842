package dev.marrow.conformance.run;

import dev.marrow.conformance.Profile;
import dev.marrow.conformance.mint.KeyMatch;
import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.wire.Alert;
import dev.marrow.conformance.wire.Field;
import dev.marrow.conformance.wire.H2Link;
import dev.marrow.conformance.wire.LinkClosed;
import dev.marrow.conformance.wire.RawHello;
import dev.marrow.conformance.wire.TcpLink;
import dev.marrow.conformance.wire.TlsLink;
import dev.marrow.conformance.wire.TlsOffer;
import dev.marrow.conformance.wire.Transcript;
import dev.marrow.conformance.wire.Tunnel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Goes the way of a connection step by step, and stops where it ends. One thread; every wait is
 * bounded by the patience of the target.
 */
public final class Diagnosis {
  /**
   * One step: whether it went well, and what was found, for a person.
   *
   * @param hopeless nothing can be judged until this is mended; anything else that is not good is
   *     for the cases to find
   */
  public record Step(String what, boolean good, String found, boolean hopeless) {}

  private static final int ALERT = 21;
  private static final int HANDSHAKE = 22;

  private final Target target;
  private final Optional<Svid> own;
  private final List<byte[]> roots;
  private final Clock clock;
  private final Transcript transcript = new Transcript();
  private final List<Step> steps = new ArrayList<>();

  public Diagnosis(Target target, Optional<Svid> own, List<byte[]> roots, Clock clock) {
    this.target = target;
    this.own = own;
    this.roots = List.copyOf(roots);
    this.clock = clock;
  }

  /** All steps up to the first that failed. */
  public List<Step> steps() {
    boolean open = tcp() && hello() && ownCertificate();
    if (open && own.isPresent()) {
      handshake(own.get());
    }
    return List.copyOf(steps);
  }

  /** Why nothing can be judged at all, if so. */
  public Optional<String> hopeless() {
    return steps().stream()
        .filter(Step::hopeless)
        .map(step -> step.what() + ": " + step.found())
        .findFirst();
  }

  private boolean note(String what, boolean good, String found) {
    steps.add(new Step(what, good, found, false));
    return good;
  }

  private boolean giveUp(String what, String found) {
    steps.add(new Step(what, false, found, true));
    return false;
  }

  private boolean tcp() {
    try (TcpLink link = TcpLink.connect(target.address(), target.patience(), transcript)) {
      return note("tcp", true, "connected to " + target.name() + " from " + link.localPort());
    } catch (IOException e) {
      return giveUp(
          "tcp",
          "no connection to %s: %s (wrong address or port, or not running)"
              .formatted(target.name(), e.getMessage()));
    }
  }

  private boolean hello() {
    try (TcpLink link = TcpLink.connect(target.address(), target.patience(), transcript)) {
      link.write(new RawHello().bytes());
      byte[] answer = link.read(target.patience());
      if (answer.length == 0) {
        return giveUp(
            "tls",
            "no answer to a ClientHello within %d ms: this port does not speak TLS, or hangs"
                .formatted(target.patience().toMillis()));
      }
      if (answer[0] == ALERT && answer.length >= 7) {
        return note("tls", false, alert(new Alert(answer[6])));
      }
      return answer[0] == HANDSHAKE
          ? note("tls", true, "TLS 1.3 and ALPN h2 are understood")
          : giveUp("tls", "answered without TLS: this port speaks another protocol");
    } catch (LinkClosed e) {
      return giveUp("tls", "closed on a ClientHello: this port does not speak TLS 1.3");
    } catch (IOException e) {
      return note("tls", false, String.valueOf(e.getMessage()));
    }
  }

  private static String alert(Alert alert) {
    String hint = "";
    if (alert.equals(Alert.PROTOCOL_VERSION)) {
      hint = ": it does not speak TLS 1.3";
    } else if (alert.equals(Alert.NO_APPLICATION_PROTOCOL)) {
      hint = ": it does not speak HTTP/2 (ALPN h2), so it is no HBONE endpoint";
    } else if (alert.equals(Alert.HANDSHAKE_FAILURE)) {
      hint = ": no suite, group or protocol in common";
    }
    return "refused with " + alert + hint;
  }

  private boolean ownCertificate() {
    if (own.isEmpty()) {
      return note(
          "certificate",
          false,
          "none given (--svid and --key, or --ca-key): the endpoint will want one");
    }
    try {
      X509Certificate leaf = parse(own.get().chain()).getFirst();
      Instant now = clock.instant();
      if (now.isAfter(leaf.getNotAfter().toInstant())) {
        return giveUp(
            "certificate",
            "ours ended %s (--svid): get a new one, or set this clock"
                .formatted(leaf.getNotAfter().toInstant()));
      }
      if (now.isBefore(leaf.getNotBefore().toInstant())) {
        return giveUp(
            "certificate",
            "ours begins " + leaf.getNotBefore().toInstant() + ": is this clock behind?");
      }
      if (!KeyMatch.belongs(own.get().chain().getFirst(), own.get().key())) {
        return giveUp("certificate", "--key is not the key of --svid");
      }
      return note("certificate", true, "ours is valid until " + leaf.getNotAfter().toInstant());
    } catch (GeneralSecurityException e) {
      return note("certificate", false, "ours cannot be read: " + e.getMessage());
    }
  }

  private void handshake(Svid svid) {
    try (TcpLink tcp = TcpLink.connect(target.address(), target.patience(), transcript)) {
      TlsLink tls = TlsLink.open(tcp, TlsOffer.standard(svid), target.patience(), transcript);
      note("handshake", true, tls.negotiated());
      serverCertificate(tls);
      note(
          "client auth",
          tls.requestedSchemes().isPresent(),
          tls.requestedSchemes().isPresent()
              ? "the endpoint asks for our certificate"
              : "the endpoint never asked for our certificate: it does not authenticate clients");
      if (target.profile() == Profile.MTLS) {
        return;
      }
      boolean h2 = tls.applicationProtocol().equals(Optional.of("h2"));
      if (note("alpn", h2, h2 ? "h2" : "not h2: this is no HBONE endpoint")) {
        connect(tls);
      }
    } catch (LinkClosed e) {
      note("handshake", false, refusal(e));
    } catch (IOException e) {
      note("handshake", false, String.valueOf(e.getMessage()));
    }
  }

  private static String refusal(LinkClosed closed) {
    Optional<Alert> alert = closed.alert();
    if (alert.equals(Optional.of(Alert.UNKNOWN_CA))) {
      return "our authority is not trusted there (unknown_ca): wrong --svid, or a chain with a gap";
    }
    if (alert.equals(Optional.of(Alert.CERTIFICATE_EXPIRED))) {
      return "our certificate has ended by the endpoint's clock (certificate_expired)";
    }
    return "refused after our certificate was shown: " + closed.getMessage();
  }

  private void serverCertificate(TlsLink tls) {
    try {
      List<X509Certificate> chain = parse(tls.serverChain());
      Instant now = clock.instant();
      boolean inTime =
          now.isBefore(chain.getFirst().getNotAfter().toInstant())
              && now.isAfter(chain.getFirst().getNotBefore().toInstant());
      if (!inTime) {
        giveUp(
            "clock",
            "its certificate is valid from %s until %s, and here it is %s: wrong clock, or not renewed"
                .formatted(
                    chain.getFirst().getNotBefore().toInstant(),
                    chain.getFirst().getNotAfter().toInstant(),
                    now.truncatedTo(ChronoUnit.SECONDS)));
      }
      if (roots.isEmpty()) {
        note("bundle", false, "none given (--bundle): its identity is not checked");
        return;
      }
      Set<TrustAnchor> anchors = new HashSet<>();
      parse(roots).forEach(root -> anchors.add(new TrustAnchor(root, null)));
      PKIXParameters parameters = new PKIXParameters(anchors);
      // Of the clock there was a word of its own already.
      parameters.setDate(inTime ? Date.from(now) : chain.getFirst().getNotAfter());
      parameters.setRevocationEnabled(false);
      chain.removeIf(c -> c.getSubjectX500Principal().equals(c.getIssuerX500Principal()));
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
      note("bundle", true, "its chain leads to a root of the bundle");
    } catch (CertPathValidatorException e) {
      brokenChain(tls, e);
    } catch (GeneralSecurityException e) {
      note("bundle", false, "its chain cannot be checked: " + e.getMessage());
    }
  }

  private void brokenChain(TlsLink tls, CertPathValidatorException why) {
    boolean stranger =
        why.getReason() == PKIXReason.NO_TRUST_ANCHOR
            || why.getReason() == BasicReason.INVALID_SIGNATURE;
    if (stranger) {
      giveUp(
          "bundle",
          "its chain leads to no root of the bundle, it ends at '%s': wrong --bundle, or it leaves out an intermediate"
              .formatted(issuer(tls)));
    } else {
      note("bundle", false, "its chain does not hold: " + why.getMessage());
    }
  }

  private static String issuer(TlsLink tls) {
    try {
      return parse(tls.serverChain()).getLast().getIssuerX500Principal().getName();
    } catch (GeneralSecurityException e) {
      return "nobody that can be read";
    }
  }

  private void connect(TlsLink tls) throws IOException {
    try {
      H2Link h2 = new H2Link(tls, transcript).begin(target.patience());
      Tunnel tunnel =
          Tunnel.connect(h2, target.applicationHost() + ":1", Field.of("x-kit", "doctor"));
      Optional<Integer> status = tunnel.status(target.patience());
      note(
          "connect",
          !h2.seen().isEmpty(),
          "CONNECT is answered with " + status.map(String::valueOf).orElse("a reset"));
    } catch (LinkClosed e) {
      note("connect", false, refusal(e));
    }
  }

  private static List<X509Certificate> parse(List<byte[]> ders) throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> chain = new ArrayList<>();
    for (byte[] der : ders) {
      chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
    }
    return chain;
  }
}
