package dev.marrow.conformance.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.marrow.conformance.Result;
import dev.marrow.conformance.peer.Defect;
import dev.marrow.conformance.peer.Judged;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as a browser shows it. The picture stays in target, to be looked at. */
class ReportPageTest {
  private static final Path PICTURE = Path.of("target", "report.png");

  private static Path browser() {
    Path chromium = Path.of("/usr/bin/chromium");
    assumeTrue(Files.isExecutable(chromium), "no browser");
    return chromium;
  }

  private static Path page(Path folder) throws Exception {
    Set<String> wanted = Set.of("TLS-01", "SVID-03", "CON-03", "CON-09", "TUN-04", "DOS-14");
    List<Result> results =
        Judged.results(each -> wanted.contains(each.id()), Defect.TAKES_THE_FIRST_URI);
    Path file = folder.resolve("report.html");
    Files.write(file, HtmlReport.write(List.of(JsonReportTest.report(results))));
    return file;
  }

  private static String run(Path folder, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                browser().toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + folder.resolve("profile")));
    command.addAll(Arrays.asList(arguments));
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(out.toFile())
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return Files.readString(out);
  }

  @Test
  void aBrowserShowsThePageInColourAndAsksNobodyForMore(@TempDir Path folder) throws Exception {
    browser();
    Path page = page(folder);
    Files.createDirectories(PICTURE.toAbsolutePath().getParent());
    Files.deleteIfExists(PICTURE);

    run(
        folder,
        "--window-size=1200,900",
        "--screenshot=" + PICTURE.toAbsolutePath(),
        page.toUri().toString());

    BufferedImage picture = ImageIO.read(PICTURE.toFile());
    Set<Integer> colours = new HashSet<>();
    for (int x = 0; x < picture.getWidth(); x += 3) {
      for (int y = 0; y < picture.getHeight(); y += 3) {
        colours.add(picture.getRGB(x, y));
      }
    }
    assertThat(picture.getWidth()).isEqualTo(1200);
    assertThat(colours).as("nearly blank").hasSizeGreaterThan(50);
    assertThat(Files.readString(page)).doesNotContain("src=\"http").doesNotContain("@import");
  }

  @Test
  void theScriptOfThePageRuns(@TempDir Path folder) throws Exception {
    browser();

    String shown = run(folder, "--dump-dom", page(folder) + "");

    assertThat(shown).contains("SVID-03").contains("accepted: the nonce came back");
  }
}
