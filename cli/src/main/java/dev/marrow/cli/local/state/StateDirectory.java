package dev.marrow.cli.local.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** The folder that holds all state of a running mesh; {@code down} deletes it. */
public record StateDirectory(Path root) {
  private static final AtomicLong NEXT = new AtomicLong();

  public StateDirectory {
    root = root.toAbsolutePath().normalize();
    if (root.getNameCount() < 2) {
      throw new IllegalArgumentException(
          "MARROW_STATE: " + root + " (expected: a folder of its own, it is deleted by `down`)");
    }
  }

  /** Makes the folders; only root may look into those with keys. */
  public void create() throws IOException {
    for (Path open :
        List.of(objects(), generated(), enrolment(), status(), logs(), nodes(), pods())) {
      Files.createDirectories(open);
    }
    for (Path secret : List.of(authority(), tokens())) {
      Files.createDirectories(secret);
      Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rwx------"));
    }
  }

  public boolean exists() {
    return Files.exists(root);
  }

  public Path objects() {
    return root.resolve("objects");
  }

  /** Written by the control plane: what waypoints need. */
  public Path generated() {
    return root.resolve("generated");
  }

  /** Written by node agents: which pods are enrolled. */
  public Path enrolment() {
    return root.resolve("enrolment");
  }

  /** Written by the control plane: conditions of objects. */
  public Path status() {
    return root.resolve("status");
  }

  public Path authority() {
    return root.resolve("ca");
  }

  public Path rootCertificate() {
    return root.resolve("root-cert.pem");
  }

  public Path tokens() {
    return root.resolve("tokens");
  }

  public Path logs() {
    return root.resolve("logs");
  }

  public Path nodes() {
    return root.resolve("nodes");
  }

  public Path pods() {
    return root.resolve("pods");
  }

  /** What runs, for the other commands to show. */
  public Path mesh() {
    return root.resolve("mesh.json");
  }

  /** How the mesh was asked to be. */
  public Path request() {
    return root.resolve("request.json");
  }

  public Path lock() {
    return root.resolve("lock");
  }

  /** Its presence tells the guard to let the supervisor end. */
  public Path stopping() {
    return root.resolve("stopping");
  }

  /** Asks the supervisor to restart one of our programs, such as {@code ztunnel/node-1}. */
  public void askRestart(String program) throws IOException {
    Path folder = Files.createDirectories(root.resolve("restart"));
    write(folder.resolve(program.replace('/', '.')), program + "\n");
  }

  /** The programs that are to be restarted; asked for once. */
  public List<String> takeRestarts() throws IOException {
    Path folder = root.resolve("restart");
    if (!Files.isDirectory(folder)) return List.of();
    List<Path> asked;
    try (Stream<Path> files = Files.list(folder)) {
      asked = files.filter(file -> !file.getFileName().toString().startsWith(".")).toList();
    }
    List<String> programs = new ArrayList<>();
    for (Path file : asked) {
      read(file).map(String::strip).ifPresent(programs::add);
      Files.deleteIfExists(file);
    }
    return programs;
  }

  public Path supervisorPid() {
    return root.resolve("supervisor.pid");
  }

  public Path guardPid() {
    return root.resolve("guard.pid");
  }

  /** Deletes everything. Files that vanish meanwhile are fine. */
  public void delete() throws IOException {
    if (!Files.exists(root)) return;
    List<Path> all;
    try (Stream<Path> files = Files.walk(root)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) Files.deleteIfExists(file);
  }

  /** Replaces a file whole, through a hidden one: nobody reads half of it. */
  public static void write(Path file, String text) throws IOException {
    write(file, text, "rw-r--r--");
  }

  /** The same for a file that only its owner may read. */
  public static void writeSecret(Path file, String text) throws IOException {
    write(file, text, "rw-------");
  }

  private static void write(Path file, String text, String permissions) throws IOException {
    Path next = file.resolveSibling("." + file.getFileName() + "." + NEXT.incrementAndGet());
    Files.createFile(
        next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
    Files.writeString(next, text, StandardCharsets.UTF_8);
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  public static Optional<String> read(Path file) throws IOException {
    try {
      return Optional.of(Files.readString(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
