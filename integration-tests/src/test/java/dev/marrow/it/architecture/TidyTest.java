package dev.marrow.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules about files that no compiler checks. */
class TidyTest {
  private static final Path ROOT =
      Path.of(System.getProperty("marrow.home", "..")).toAbsolutePath().normalize();
  private static final int MAX_LINES = 400;
  private static final Set<String> VAGUE = Set.of("Manager", "Helper", "Util", "Utils", "Impl");

  private static List<Path> sources() throws IOException {
    try (Stream<Path> walk = Files.walk(ROOT)) {
      return walk.filter(p -> p.toString().endsWith(".java") && p.toString().contains("/src/main/"))
          .sorted()
          .toList();
    }
  }

  @Test
  void noSourceFileIsLongerThan400Lines() throws IOException {
    assertThat(sources())
        .allSatisfy(
            p -> assertThat(lines(p).size()).as(p.toString()).isLessThanOrEqualTo(MAX_LINES));
  }

  @Test
  void noNameIsVague() throws IOException {
    assertThat(sources())
        .allSatisfy(p -> {
          String name = p.getFileName().toString().replace(".java", "");
          assertThat(VAGUE).as(p.toString()).noneMatch(name::endsWith);
        });
  }

  @Test
  void everyPackageIsNullMarked() throws IOException {
    Set<Path> folders =
        sources().stream().map(Path::getParent).collect(Collectors.toCollection(TreeSet::new));
    assertThat(folders)
        .allSatisfy(folder ->
            assertThat(String.join("\n", lines(folder.resolve("package-info.java"))))
                .as(folder.toString())
                .contains("@NullMarked"));
  }

  @Test
  void everyClassNamedInArchitectureExists() throws IOException {
    Set<String> known =
        sources().stream()
            .map(p -> p.getFileName().toString().replace(".java", ""))
            .collect(Collectors.toSet());
    Matcher names =
        Pattern.compile("`([A-Z][a-z]+[A-Za-z0-9]*)`")
            .matcher(Files.readString(ROOT.resolve("ARCHITECTURE.md")));
    Set<String> unknown = new TreeSet<>();
    while (names.find()) {
      if (!known.contains(names.group(1)) && !GLOSSARY.contains(names.group(1))) {
        unknown.add(names.group(1));
      }
    }
    assertThat(unknown).as("names in ARCHITECTURE.md that are no class of ours").isEmpty();
  }

  /**
   * Words in code type in ARCHITECTURE.md that are objects of Kubernetes or of the JDK, not classes
   * of ours.
   */
  private static final Set<String> GLOSSARY =
      Set.of(
          "Address",
          "Authorization",
          "Destination",
          "Gateway",
          "Service",
          "Pod",
          "Namespace",
          "Deployment",
          "Refuse",
          "Direct",
          "Tunnel");

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
