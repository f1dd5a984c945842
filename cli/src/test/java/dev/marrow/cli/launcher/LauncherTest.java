package dev.marrow.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the launcher in a folder and with a path that have only what the test put there. */
class LauncherTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final List<String> TOOLS =
      List.of(
          "sh",
          "dirname",
          "readlink",
          "sed",
          "grep",
          "id",
          "mktemp",
          "touch",
          "mkdir",
          "rm",
          "tee",
          "find",
          "head",
          "tail",
          "cat");

  @TempDir private Path folder = Path.of("");
  private Path bin = Path.of("");

  private record Result(int status, String output) {}

  @BeforeEach
  void copyTheLauncher() throws IOException {
    Files.copy(ROOT.resolve("marrow"), folder.resolve("marrow"));
    bin = Files.createDirectories(folder.resolve("bin"));
    for (String tool : TOOLS) {
      Path real =
          List.of("/usr/bin", "/bin").stream()
              .map(it -> Path.of(it, tool))
              .filter(Files::exists)
              .findFirst()
              .orElseThrow();
      Files.createSymbolicLink(bin.resolve(tool), real);
    }
  }

  private Path script(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }

  private Path jdk(String name, String version) throws IOException {
    Path home = folder.resolve(name);
    script(home.resolve("bin/javac"), "exit 0");
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  /** A Maven that writes down what it was told and "builds" a program that does the same. */
  private void maven() throws IOException {
    Path built = folder.resolve("cli/target/marrow/bin/marrow");
    script(
        bin.resolve("mvn"),
        """
        echo "[INFO] Building Messages 0.1.0   [2/14]"
        echo "maven $JAVA_HOME $*" >>%s/calls
        mkdir -p %s
        printf '#!/bin/sh\\necho "pid $$ args $*"\\n' >%s
        /bin/chmod +x %s
        """
            .formatted(folder, built.getParent(), built, built));
  }

  private Result run(Map<String, String> environment, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("/bin/sh", folder.resolve("marrow").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH",
                bin.toString(),
                "HOME",
                folder.toString(),
                "MARROW_JDK_FOLDERS",
                folder + "/jdks/*"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }

  @Test
  void theScriptsAreShell() throws Exception {
    for (String file : List.of("marrow", "cli/src/dist/marrow", ".ci/run")) {
      Process process =
          new ProcessBuilder("sh", "-n", ROOT.resolve(file).toString()).inheritIO().start();
      assertThat(process.waitFor()).as(file).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"test", "images", "fuzz"})
  void whatTheLauncherDoesItselfIsExplainedWithoutABuild(String command) throws Exception {
    Result result = run(Map.of(), command, "--help");

    assertThat(result.status()).isZero();
    assertThat(result.output()).startsWith("Usage: marrow " + command);
    assertThat(run(Map.of(), command, "-h")).isEqualTo(result);
  }

  @ParameterizedTest
  @ValueSource(strings = {"all more", "all --minute 5", "all --minutes 5 more"})
  void fuzzRefusesWordsItDoesNotKnow(String words) throws Exception {
    Result result = run(Map.of(), ("fuzz " + words).split(" "));

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output()).contains("(expected: TARGET or all, and --minutes N)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h"})
  void helpOfRunIsTheCommandLines(String word) throws Exception {
    Path home = folder.resolve("built");
    Files.createDirectories(home.resolve("bin"));
    Files.copy(ROOT.resolve("cli/src/dist/marrow"), home.resolve("bin/marrow"));
    Files.writeString(home.resolve("marrow.argfile"), "");
    Files.writeString(home.resolve("marrow.main"), "Marrow\n");
    script(home.resolve("runtime/bin/java"), "shift; echo \"$*\"");

    Process process =
        new ProcessBuilder("sh", home.resolve("bin/marrow").toString(), "run", word)
            .redirectErrorStream(true)
            .start();

    assertThat(process.getInputStream()).hasContent("Marrow run " + word);
  }

  @Test
  void itBuildsOnceWithTheJdkItFindsAndThenOnlyWhenSourcesChange() throws Exception {
    maven();
    Path home = jdk("jdks/25", "25.0.3");
    jdk("jdks/21", "21.0.1");
    Files.writeString(folder.resolve("pom.xml"), "<project/>");

    Result first = run(Map.of(), "status");
    Result second = run(Map.of(), "status");
    Files.setLastModifiedTime(
        folder.resolve("pom.xml"),
        java.nio.file.attribute.FileTime.from(java.time.Instant.now().plusSeconds(10)));
    run(Map.of(), "status");

    assertThat(first.output()).contains("[2/14] Messages").contains("args status");
    assertThat(second.output()).doesNotContain("building").contains("args status");
    assertThat(Files.readAllLines(folder.resolve("calls")))
        .hasSize(2)
        .allMatch(line -> line.startsWith("maven " + home + " "));
  }

  @Test
  void javaHomeComesFirstAndTheToolchainsFileLast() throws Exception {
    maven();
    Path chained = jdk("elsewhere/jdk", "25");
    Files.createDirectories(folder.resolve(".m2"));
    Files.writeString(
        folder.resolve(".m2/toolchains.xml"),
        "<configuration>\n  <jdkHome> " + chained + " </jdkHome>\n</configuration>");
    run(Map.of(), "status");
    Files.delete(folder.resolve("cli/target/marrow/built"));
    Path own = jdk("own", "25.0.1");

    run(Map.of("JAVA_HOME", own.toString()), "status");

    assertThat(Files.readAllLines(folder.resolve("calls")))
        .satisfiesExactly(
            line -> assertThat(line).startsWith("maven " + chained + " "),
            line -> assertThat(line).startsWith("maven " + own + " "));
  }

  @Test
  void withoutAJdkItSaysWhatToDo() throws Exception {
    maven();

    Result result = run(Map.of(), "status");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output()).contains("found no JDK 25").contains("JAVA_HOME");
  }

  @Test
  void noInstallOnlyNamesWhatIsMissing() throws Exception {
    jdk("jdks/25", "25");
    script(bin.resolve("apt-get"), "echo apt >>" + folder + "/calls");

    Result result = run(Map.of(), "status", "--no-install");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output()).contains("missing packages: maven");
    assertThat(folder.resolve("calls")).doesNotExist();
  }

  @Test
  void aFailedBuildIsShownAndTriedAgain() throws Exception {
    jdk("jdks/25", "25");
    script(bin.resolve("mvn"), "echo '[ERROR] no luck'; echo x >>" + folder + "/calls; exit 1");

    Result first = run(Map.of(), "status");
    run(Map.of(), "status");

    assertThat(first.status()).isEqualTo(1);
    assertThat(first.output()).contains("[ERROR] no luck").contains("the build failed");
    assertThat(Files.readAllLines(folder.resolve("calls"))).hasSize(2);
  }

  @Test
  void optionsBehindTheDashesAreNotTheLaunchersOwn() throws Exception {
    maven();
    jdk("jdks/25", "25");

    assertThat(run(Map.of(), "exec", "web", "--", "x", "--no-install").output())
        .contains("args exec web -- x --no-install");
  }
}
