package dev.marrow.controlplane.authority;

import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.text.ParseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that tokens are signed with, from a file that is read again when it changes. A file that
 * cannot be read leaves the last good keys. Thread-safe.
 */
final class JwksFile {
  private static final Logger log = LoggerFactory.getLogger(JwksFile.class);
  private static final int MAX_BYTES = 1 << 20;

  private record Loaded(FileTime modified, long size, JWKSet keys) {}

  private final Path file;
  private volatile Loaded loaded = new Loaded(FileTime.fromMillis(0), -1, new JWKSet());

  JwksFile(Path file) {
    this.file = file;
  }

  JWKSet keys() {
    try {
      FileTime modified = Files.getLastModifiedTime(file);
      long size = Files.size(file);
      Loaded last = loaded;
      if (!modified.equals(last.modified()) || size != last.size()) {
        loaded = new Loaded(modified, size, read(size));
      }
    } catch (IOException | ParseException e) {
      log.warn("token keys {} not read, the last good ones stay: {}", file, e.toString());
    }
    return loaded.keys();
  }

  private JWKSet read(long size) throws IOException, ParseException {
    if (size > MAX_BYTES) {
      throw new IOException("larger than %d bytes".formatted(MAX_BYTES));
    }
    return JWKSet.parse(Files.readString(file)).toPublicJWKSet();
  }
}
