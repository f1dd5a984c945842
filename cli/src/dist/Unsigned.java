import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Copies a jar. A signature is left out: nobody checks it again after the build has, and the JVM archives no class of a signed
 * jar. A copy with the same bytes as before keeps its time stamp.
 */
final class Unsigned {
  private Unsigned() {}

  static void copy(Path jar, Path target) throws IOException {
    byte[] wanted = isSigned(jar) ? stripped(jar) : Files.readAllBytes(jar);
    if (!Files.exists(target) || !Arrays.equals(Files.readAllBytes(target), wanted)) {
      Files.write(target, wanted);
    }
  }

  private static boolean isSigned(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return zip.stream().anyMatch(entry -> isSignature(entry.getName()));
    }
  }

  private static boolean isSignature(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return upper.startsWith("META-INF/")
        && List.of(".SF", ".RSA", ".DSA", ".EC").stream().anyMatch(upper::endsWith);
  }

  private static byte[] stripped(Path jar) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (ZipFile zip = new ZipFile(jar.toFile());
        OutputStream buffered = new BufferedOutputStream(bytes);
        ZipOutputStream out = new ZipOutputStream(buffered)) {
      for (ZipEntry entry : zip.stream().toList()) {
        if (isSignature(entry.getName())) continue;
        var copy = new ZipEntry(entry.getName());
        copy.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0)); // the same bytes each time
        out.putNextEntry(copy);
        if (entry.getName().equals(JarFile.MANIFEST_NAME)) {
          withoutDigests(zip.getInputStream(entry)).write(out);
        } else {
          zip.getInputStream(entry).transferTo(out);
        }
        out.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  /** A digest per class is read and kept in the heap by every program that loads one of them. */
  private static Manifest withoutDigests(InputStream in) throws IOException {
    var manifest = new Manifest(in);
    manifest.getEntries().clear();
    return manifest;
  }
}
