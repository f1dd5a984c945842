package dev.marrow.ztunnel.admin;

import dev.marrow.identity.CertificateSource;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.WorkloadCertificate;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Certificates as {@code istioctl ztunnel-config certificates} reads them; never a key. */
final class CertificateDump {
  private CertificateDump() {}

  static List<Object> certificates(CertificateSource source, Collection<SpiffeId> identities) {
    return identities.stream()
        .sorted(java.util.Comparator.comparing(SpiffeId::toString))
        .map(id -> one(id, source))
        .toList();
  }

  private static Object one(SpiffeId id, CertificateSource source) {
    var out = new LinkedHashMap<String, Object>();
    out.put("identity", id.toString());
    source
        .current(id)
        .ifPresentOrElse(
            certificate -> put(out, certificate),
            () -> {
              out.put("state", absent(id, source));
              out.put("certChain", List.of());
              out.put("rootCerts", List.of());
            });
    return out;
  }

  /** Whoever asks is told at once why there is none, or waits: so it costs nothing to ask. */
  private static String absent(SpiffeId id, CertificateSource source) {
    CompletableFuture<?> asked = source.certificate(id).toCompletableFuture();
    return asked.isCompletedExceptionally()
        ? "Unavailable: " + asked.exceptionNow().getMessage()
        : "Initializing";
  }

  private static void put(Map<String, Object> out, WorkloadCertificate certificate) {
    out.put("state", "Available");
    out.put("certChain", certificate.chain().stream().map(CertificateDump::shown).toList());
    out.put(
        "rootCerts",
        certificate.trust().rootsOf(certificate.id().trustDomain()).stream()
            .map(CertificateDump::shown)
            .toList());
  }

  private static Object shown(X509Certificate certificate) {
    var out = new LinkedHashMap<String, Object>();
    String pem = pem(certificate);
    out.put("pem", Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII)));
    out.put("serialNumber", certificate.getSerialNumber().toString());
    out.put("validFrom", seconds(certificate.getNotBefore()));
    out.put("expirationTime", seconds(certificate.getNotAfter()));
    return out;
  }

  private static String seconds(java.util.Date date) {
    return date.toInstant().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String pem(X509Certificate certificate) {
    try {
      String body =
          Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
      return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
    } catch (CertificateEncodingException e) {
      return "";
    }
  }
}
