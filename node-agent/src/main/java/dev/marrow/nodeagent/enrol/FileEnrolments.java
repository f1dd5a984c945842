package dev.marrow.nodeagent.enrol;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Enrolments as overlays of Pod objects, one YAML file each, in a directory that all nodes share: a
 * node touches only files that carry its name. A file is written beside and renamed, so a reader
 * sees all of it or nothing.
 */
public final class FileEnrolments implements Enrolments {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]*[a-z0-9])?");
  private static final Pattern UID = Pattern.compile("[A-Za-z0-9_.:-]+");
  private static final String FORM =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        namespace: "%s"
        name: "%s"
        annotations:
          marrow.dev/overlay: "true"
          marrow.dev/enrolled-by: "%s"
          marrow.dev/enrolled-uid: "%s"
          ambient.istio.io/redirection: enabled
      """;
  // We read only files of our own form; anything else in the directory is somebody else's.
  private static final Pattern OURS = Pattern.compile(FORM.replace("%s", "([^\"]*)"));

  private final Path directory;
  private final String node;

  private FileEnrolments(Path directory, String node) {
    this.directory = directory;
    this.node = node;
  }

  /** Makes the directory if it is not there. */
  public static FileEnrolments in(Path directory, String node) throws IOException {
    Files.createDirectories(directory);
    return new FileEnrolments(directory, node);
  }

  @Override
  public void enter(Entry pod) throws IOException {
    Path file = file(pod);
    String text = text(pod);
    if (read(file).filter(text::equals).isPresent()) {
      return;
    }
    Path fresh = directory.resolve("." + file.getFileName() + "." + node);
    Files.writeString(fresh, text);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void strike(Entry pod) throws IOException {
    Path file = file(pod);
    if (read(file).flatMap(this::parse).isPresent()) {
      Files.deleteIfExists(file);
    }
  }

  @Override
  public List<Entry> entries() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().matches("Pod\\..*\\.yaml"))
          .flatMap(file -> unchecked(file).flatMap(this::parse).stream())
          .toList();
    }
  }

  private String text(Entry pod) {
    return FORM.formatted(pod.namespace(), pod.name(), node, pod.uid());
  }

  private Path file(Entry pod) {
    check(NAME, "namespace", pod.namespace());
    check(NAME, "name", pod.name());
    check(UID, "uid", pod.uid());
    return directory.resolve("Pod.%s.%s.yaml".formatted(pod.namespace(), pod.name()));
  }

  private static void check(Pattern pattern, String what, String value) {
    if (!pattern.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "pod %s: '%s' (expected: %s)".formatted(what, value, pattern));
    }
  }

  private Optional<Entry> parse(String text) {
    Matcher ours = OURS.matcher(text);
    return ours.matches() && ours.group(3).equals(node)
        ? Optional.of(new Entry(ours.group(1), ours.group(2), ours.group(4)))
        : Optional.empty();
  }

  private static Optional<String> read(Path file) throws IOException {
    try {
      return Optional.of(Files.readString(file));
    } catch (NoSuchFileException nothing) {
      return Optional.empty();
    }
  }

  private static Optional<String> unchecked(Path file) {
    try {
      return read(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
