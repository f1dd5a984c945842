package dev.marrow.conformance.peer;

import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;

/** Path validation and the rules of an X.509-SVID, but for one defect. Thread-safe. */
final class StrictTrust extends X509ExtendedTrustManager {
  private static final Pattern ID =
      Pattern.compile("spiffe://[a-z0-9._-]{1,255}(/(?!\\.{1,2}(/|$))[a-zA-Z0-9._-]+)+");
  private static final int MOST_CERTIFICATES = 10;
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  private final X509Certificate root;
  private final String trustDomain;
  private final Set<Defect> defects;

  StrictTrust(byte[] root, String trustDomain, Set<Defect> defects) throws CertificateException {
    this.root =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(root));
    this.trustDomain = trustDomain;
    this.defects = Set.copyOf(defects);
  }

  void check(X509Certificate[] chain) throws CertificateException {
    require(chain.length <= MOST_CERTIFICATES, "too long a chain");
    if (!defects.contains(Defect.TRUSTS_ANY_AUTHORITY)) {
      checkPath(chain);
    }
    checkStrength(chain);
    checkUsage(chain[0]);
    checkNames(chain[0]);
  }

  private void checkPath(X509Certificate[] chain) throws CertificateException {
    try {
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
      parameters.setRevocationEnabled(false);
      if (defects.contains(Defect.IGNORES_EXPIRY)) {
        parameters.setDate(Date.from(chain[0].getNotBefore().toInstant().plusSeconds(60)));
        parameters.setDate(latestStart(chain));
      }
      CertPathValidator.getInstance("PKIX")
          .validate(
              CertificateFactory.getInstance("X.509").generateCertPath(List.of(chain)), parameters);
    } catch (GeneralSecurityException e) {
      String why = String.valueOf(e.getMessage());
      if (!(defects.contains(Defect.IGNORES_EXPIRY) && why.contains("validity check failed"))) {
        throw new CertificateException(why, e);
      }
    }
  }

  private static Date latestStart(X509Certificate[] chain) {
    Instant latest = Instant.EPOCH;
    for (X509Certificate each : chain) {
      Instant start = each.getNotBefore().toInstant();
      latest = start.isAfter(latest) ? start : latest;
    }
    return Date.from(latest.plusSeconds(1));
  }

  private void checkStrength(X509Certificate[] chain) throws CertificateException {
    for (X509Certificate each : chain) {
      boolean weak =
          each.getSigAlgName().startsWith("SHA1") || each.getSigAlgName().startsWith("MD5");
      require(!weak || defects.contains(Defect.ACCEPTS_SHA_1), "weak signature");
      require(
          !(each.getPublicKey() instanceof RSAPublicKey rsa)
              || rsa.getModulus().bitLength() >= 2048,
          "weak key");
    }
  }

  private void checkUsage(X509Certificate leaf) throws CertificateException {
    List<String> purposes = leaf.getExtendedKeyUsage();
    require(
        purposes == null
            || purposes.contains(CLIENT_AUTH)
            || defects.contains(Defect.IGNORES_EXTENDED_KEY_USAGE),
        "not for clients");
    require(
        leaf.getBasicConstraints() < 0 || defects.contains(Defect.ACCEPTS_AUTHORITIES_AS_LEAVES),
        "an authority");
    boolean[] usage = leaf.getKeyUsage();
    require(
        usage != null && usage[0] && !usage[5] && !usage[6]
            || defects.contains(Defect.IGNORES_KEY_USAGE),
        "key usage");
  }

  private void checkNames(X509Certificate leaf) throws CertificateException {
    Collection<List<?>> names = leaf.getSubjectAlternativeNames();
    List<String> uris =
        names == null
            ? List.of()
            : names.stream()
                .filter(n -> n.getFirst().equals(6))
                .map(n -> (String) n.get(1))
                .toList();
    if (uris.isEmpty() && defects.contains(Defect.NEEDS_NO_URI)) {
      return;
    }
    require(!uris.isEmpty(), "no URI");
    require(uris.size() == 1 || defects.contains(Defect.TAKES_THE_FIRST_URI), "several URIs");
    String id =
        defects.contains(Defect.TAKES_THE_FIRST_URI)
            ? uris.stream().filter(u -> u.startsWith("spiffe:")).findFirst().orElse("")
            : uris.getFirst();
    require(id.length() <= 2048, "too long an id");
    require(ID.matcher(id).matches() || defects.contains(Defect.ACCEPTS_ODD_PATHS), "malformed id");
    require(
        id.startsWith("spiffe://" + trustDomain)
            || defects.contains(Defect.ACCEPTS_ANY_TRUST_DOMAIN),
        "another trust domain");
  }

  /** Who a session belongs to, without the scheme; empty for nobody. */
  static String principal(SSLSession session) {
    try {
      X509Certificate leaf = (X509Certificate) session.getPeerCertificates()[0];
      return Objects.requireNonNullElse(leaf.getSubjectAlternativeNames(), List.<List<?>>of())
          .stream()
          .filter(name -> Integer.valueOf(6).equals(name.getFirst()))
          .map(name -> String.valueOf(name.get(1)).replaceFirst("^spiffe://", ""))
          .findFirst()
          .orElse("");
    } catch (SSLPeerUnverifiedException | CertificateParsingException e) {
      return "";
    }
  }

  private static void require(boolean held, String why) throws CertificateException {
    if (!held) {
      throw new CertificateException(why);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
    throw new UnsupportedOperationException("a server only");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
    throw new UnsupportedOperationException("a server only");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) {
    throw new UnsupportedOperationException("a server only");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
