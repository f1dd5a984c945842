package dev.marrow.identity.tls;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the messages of the two TLS engines: neither says by type what happened. Each pattern has a
 * test with a real handshake.
 */
final class Alerts {
  // BoringSSL: "…:SSLV3_ALERT_BAD_CERTIFICATE" or "…:TLSV1_ALERT_UNKNOWN_CA".
  private static final Pattern BORING = Pattern.compile("(?:SSLV3|TLSV1)_ALERT_([A-Z0-9_]+)");
  private static final Pattern BORING_SHORT =
      Pattern.compile("OPENSSL_internal:TLSV1_(CERTIFICATE_REQUIRED|BAD_[A-Z_]+|UNKNOWN_[A-Z_]+)");
  // JDK: "(bad_certificate) Received fatal alert: bad_certificate". The alerts it sends itself
  // stand
  // in front of their messages in the same way.
  private static final Pattern JDK = Pattern.compile("Received fatal alert: ([a-z0-9_]+)");

  private Alerts() {}

  static Optional<String> received(String message) {
    return find(BORING, message).or(() -> find(BORING_SHORT, message)).or(() -> find(JDK, message));
  }

  static boolean saysNoCertificate(String message) {
    return message.contains("PEER_DID_NOT_RETURN_A_CERTIFICATE")
        || message.contains("Empty client certificate chain")
        || message.contains("Empty server certificate chain");
  }

  static boolean saysNothingInCommon(String message) {
    return message.contains("UNSUPPORTED_PROTOCOL")
        || message.contains("WRONG_VERSION_NUMBER")
        || message.contains("NO_SHARED_")
        || message.contains("WRONG_CURVE")
        || message.startsWith("(protocol_version)")
        || message.startsWith("(handshake_failure)");
  }

  static boolean saysNoProtocol(String message) {
    return message.contains("NO_APPLICATION_PROTOCOL")
        || message.startsWith("(no_application_protocol)");
  }

  private static Optional<String> find(Pattern pattern, String message) {
    Matcher matcher = pattern.matcher(message);
    return matcher.find()
        ? Optional.of(matcher.group(1).toLowerCase(Locale.ROOT))
        : Optional.empty();
  }
}
