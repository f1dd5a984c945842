package dev.marrow.identity.authority;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A directory for keys: 0700, files 0600, written whole or not at all. Whatever others can read is
 * refused, because a key that was readable must be taken for known. Thread-safe by {@link #locked}.
 */
final class KeyDirectory implements KeyFiles {
  private static final String LOCK = ".lock";
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final FileAttribute<?> NEW_FILE = PosixFilePermissions.asFileAttribute(FILE);

  private final Path path;

  private KeyDirectory(Path path) {
    this.path = path;
  }

  static KeyDirectory open(Path path) {
    try {
      if (!Files.exists(path, NOFOLLOW_LINKS)) {
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null) {
          Files.createDirectories(parent);
        }
        Files.createDirectories(path, PosixFilePermissions.asFileAttribute(DIRECTORY));
      }
      check(path, DIRECTORY);
      return new KeyDirectory(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized <T> T locked(Supplier<T> work) {
    Path lock = path.resolve(LOCK);
    try (FileChannel channel = FileChannel.open(lock, Set.of(CREATE, WRITE), NEW_FILE);
        var held = channel.lock()) {
      return work.get();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Optional<String> read(String name) {
    Path file = path.resolve(name);
    try {
      if (!Files.exists(file, NOFOLLOW_LINKS)) {
        return Optional.empty();
      }
      check(file, FILE);
      return Optional.of(Files.readString(file, StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void write(String name, String text) {
    Path draft = path.resolve(".draft-" + UUID.randomUUID());
    try {
      try (FileChannel out = FileChannel.open(draft, Set.of(CREATE_NEW, WRITE), NEW_FILE)) {
        ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(draft, path.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(draft);
    }
  }

  @Override
  public void remove(String name) {
    delete(path.resolve(name));
  }

  @Override
  public List<String> names(String prefix) {
    try (Stream<Path> files = Files.list(path)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(prefix))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void check(Path path, Set<PosixFilePermission> allowed) throws IOException {
    Set<PosixFilePermission> actual = Files.getPosixFilePermissions(path, NOFOLLOW_LINKS);
    if (Files.isSymbolicLink(path) || !allowed.containsAll(actual)) {
      throw new IllegalStateException(
          "%s: %s (expected: at most %s and no link)"
              .formatted(
                  path,
                  PosixFilePermissions.toString(actual),
                  PosixFilePermissions.toString(allowed)));
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
