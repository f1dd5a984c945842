package dev.marrow.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of HTTP's requirements names tests that exist. */
class HttpMustsTest {
  private static final Path ROOT =
      Path.of(System.getProperty("marrow.home", "..")).toAbsolutePath().normalize();
  private static final Pattern ROW = Pattern.compile("(?m)^\\| [^|-][^|]*\\|[^|]+\\|([^|]+)\\|$");
  private static final Pattern NAME = Pattern.compile("`([A-Z]\\w+)\\.(\\w+)`");

  private static Map<String, String> tests() throws IOException {
    Map<String, String> tests = new HashMap<>();
    for (String module : Set.of("http", "hbone", "waypoint")) {
      try (Stream<Path> walk = Files.walk(ROOT.resolve(module + "/src/test"))) {
        for (Path file : walk.filter(p -> p.toString().endsWith("Test.java")).toList()) {
          tests.merge(
              file.getFileName().toString().replace(".java", ""),
              Files.readString(file),
              String::concat);
        }
      }
    }
    return tests;
  }

  @Test
  void everyRequirementHasATest() throws IOException {
    String table = Files.readString(ROOT.resolve("docs/http-musts.md"));

    assertThat(ROW.matcher(table).results().map(row -> row.group(1)))
        .hasSizeGreaterThan(60)
        .filteredOn(tests -> !tests.strip().equals("Test"))
        .allSatisfy(tests -> assertThat(NAME.matcher(tests).find()).as(tests).isTrue());
  }

  @Test
  void theTestsExist() throws IOException {
    Map<String, String> tests = tests();
    Set<MatchResult> named =
        NAME.matcher(Files.readString(ROOT.resolve("docs/http-musts.md")))
            .results()
            .collect(Collectors.toSet());

    Set<String> missing = new TreeSet<>();
    for (MatchResult name : named) {
      if (!tests.getOrDefault(name.group(1), "").contains("void " + name.group(2) + "(")) {
        missing.add(name.group());
      }
    }
    assertThat(named).hasSizeGreaterThan(60);
    assertThat(missing).isEmpty();
  }
}
