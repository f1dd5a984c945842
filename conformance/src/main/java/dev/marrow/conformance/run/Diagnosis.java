package dev.marrow.conformance.run;

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
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Goes the way of a connection step by step, and stops where it ends. One thread; every wait is
 * bounded by the patience of the target.
 */
public final class Diagnosis {
  /** One step: whether it went well, and what was found, for a person. */
  public record Step(String what, boolean good, String found) {}

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

  private boolean note(String what, boolean good, String found) {
    steps.add(new Step(what, good, found));
    return good;
  }

  private boolean tcp() {
    try (TcpLink link = TcpLink.connect(target.address(), target.patience(), transcript)) {
      return note("tcp", true, "connected to " + target.name() + " from " + link.localPort());
    } catch (IOException e) {
      return note(
          "tcp", false, "no connection: " + e.getMessage() + " (wrong port, or not running)");
    }
  }

  private boolean hello() {
    try (TcpLink link = TcpLink.connect(target.address(), target.patience(), transcript)) {
      link.write(new RawHello().bytes());
      byte[] answer = link.read(target.patience());
      if (answer.length == 0) {
        return note("tls", false, "no answer to a ClientHello: this port does not speak TLS");
      }
      if (answer[0] == ALERT && answer.length >= 7) {
        return note("tls", false, alert(new Alert(answer[6])));
      }
      return answer[0] == HANDSHAKE
          ? note("tls", true, "TLS 1.3 and ALPN h2 are understood")
          : note("tls", false, "answered without TLS: this port speaks another protocol");
    } catch (LinkClosed e) {
      return note("tls", false, "closed on a ClientHello: this port does not speak TLS 1.3");
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
          "certificate", false, "none given (--svid and --key): the endpoint will want one");
    }
    try {
      X509Certificate leaf = parse(own.get().chain()).getFirst();
      Instant now = clock.instant();
      if (now.isAfter(leaf.getNotAfter().toInstant())) {
        return note("certificate", false, "ours ended " + leaf.getNotAfter().toInstant());
      }
      if (now.isBefore(leaf.getNotBefore().toInstant())) {
        return note(
            "certificate",
            false,
            "ours begins " + leaf.getNotBefore().toInstant() + ": is this clock behind?");
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
        note("clock", false, "its certificate is not valid now: wrong clock, or not renewed");
      }
      if (roots.isEmpty()) {
        note("bundle", false, "none given (--bundle): its identity is not checked");
        return;
      }
      Set<TrustAnchor> anchors = new HashSet<>();
      parse(roots).forEach(root -> anchors.add(new TrustAnchor(root, null)));
      PKIXParameters parameters = new PKIXParameters(anchors);
      parameters.setRevocationEnabled(false);
      chain.removeIf(c -> c.getSubjectX500Principal().equals(c.getIssuerX500Principal()));
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
      note("bundle", true, "its chain leads to a root of the bundle");
    } catch (GeneralSecurityException e) {
      note("bundle", false, "its chain leads to no root of the bundle: " + e.getMessage());
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
