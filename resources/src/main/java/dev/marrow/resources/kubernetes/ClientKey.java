package dev.marrow.resources.kubernetes;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells the client library what kind of key a client certificate has: it takes every key in PKCS 8
 * form (RFC 5958) for an RSA key, and many are not.
 */
final class ClientKey {
  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

  private ClientKey() {}

  static void describe(Config config) {
    Matcher pem = PKCS8.matcher(text(config));
    if (!pem.find()) {
      return;
    }
    byte[] key = Base64.getMimeDecoder().decode(pem.group(1));
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(key));
        config.setClientKeyAlgo(algorithm);
        return;
      } catch (GeneralSecurityException e) {
        // Then it is of another kind.
        continue;
      }
    }
  }

  private static String text(Config config) {
    @Nullable String data = config.getClientKeyData();
    if (data != null) {
      byte[] decoded = Base64.getMimeDecoder().decode(data);
      return new String(decoded, StandardCharsets.US_ASCII);
    }
    @Nullable String file = config.getClientKeyFile();
    try {
      return file == null ? "" : Files.readString(Path.of(file));
    } catch (IOException e) {
      // The library says so when it needs the key.
      return "";
    }
  }
}
