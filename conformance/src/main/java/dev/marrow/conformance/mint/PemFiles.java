package dev.marrow.conformance.mint;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** PEM files in and out. Errors name the file and say what was expected in it. */
public final class PemFiles {
  private PemFiles() {}

  /** All certificates of a file, DER, in order. */
  public static List<byte[]> certificates(Path file) throws IOException {
    List<byte[]> found = new ArrayList<>();
    try (PEMParser parser = new PEMParser(read(file))) {
      for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
        if (next instanceof X509CertificateHolder holder) {
          found.add(holder.getEncoded());
        }
      }
    } catch (PEMException e) {
      throw malformed(file, e);
    }
    if (found.isEmpty()) {
      throw new IOException(
          file + ": no certificate (expected: PEM with -----BEGIN CERTIFICATE-----)");
    }
    return found;
  }

  /** The first private key of a file: PKCS#8, SEC 1 or PKCS#1. */
  public static PrivateKey key(Path file) throws IOException {
    JcaPEMKeyConverter converter = new JcaPEMKeyConverter().setProvider(new BouncyCastleProvider());
    try (PEMParser parser = new PEMParser(read(file))) {
      for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
        if (next instanceof PEMKeyPair pair) {
          return converter.getKeyPair(pair).getPrivate();
        }
        if (next instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        }
      }
    } catch (PEMException e) {
      throw malformed(file, e);
    }
    throw new IOException(
        file + ": no private key (expected: unencrypted PEM, PKCS#8, SEC 1 or PKCS#1)");
  }

  /** One PEM block. */
  public static String pem(String type, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
  }

  /** A chain as one PEM text. */
  public static String chain(List<byte[]> certificates) {
    StringBuilder out = new StringBuilder();
    certificates.forEach(der -> out.append(pem("CERTIFICATE", der)));
    return out.toString();
  }

  private static IOException malformed(Path file, PEMException why) {
    return new IOException(
        "%s: damaged PEM: %s (expected: what `openssl` writes)".formatted(file, why.getMessage()),
        why);
  }

  private static Reader read(Path file) throws IOException {
    if (Files.isDirectory(file) || !Files.isReadable(file)) {
      throw new IOException(file + ": cannot be read (expected: a PEM file)");
    }
    return new StringReader(Files.readString(file, StandardCharsets.ISO_8859_1));
  }
}
