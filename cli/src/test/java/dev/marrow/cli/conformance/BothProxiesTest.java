package dev.marrow.cli.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BothProxiesTest {
  private static String[] words(String line) {
    return line.split(" ");
  }

  @Test
  void withoutAProfileBothProxiesAreMeant() {
    assertThat(BothProxies.areMeant(words("conformance run --self --quick"))).isTrue();
    assertThat(BothProxies.areMeant(words("conformance run --self --profile waypoint"))).isFalse();
    assertThat(BothProxies.areMeant(words("conformance run --self --profile=hbone"))).isFalse();
    assertThat(BothProxies.areMeant(words("conformance run 127.0.0.1:15008"))).isFalse();
    assertThat(BothProxies.areMeant(words("conformance run --self --help"))).isFalse();
  }

  @Test
  void eachHasAFolderOfItsOwn() {
    String[] spaced = words("conformance run --self --out there --quick");
    String[] joined = words("conformance run --self --out=there");

    assertThat(BothProxies.arguments(spaced, "waypoint"))
        .containsSequence("--out", "there/waypoint", "--quick")
        .endsWith("--profile", "waypoint", "--of-both");
    assertThat(BothProxies.arguments(joined, "hbone")).contains("--out=there/hbone");
    assertThat(BothProxies.folder(spaced)).contains(Path.of("there"));
    assertThat(BothProxies.folder(joined)).contains(Path.of("there"));
  }

  @Test
  void theWorseOfBothDecides() {
    assertThat(BothProxies.exit(List.of(0, 1))).isEqualTo(1);
    assertThat(BothProxies.exit(List.of(3, 0))).isZero();
    assertThat(BothProxies.exit(List.of(3, 3))).isEqualTo(2);
  }

  @Test
  void noWordAtAllIsARun() {
    assertThat(OwnNamespace.meant(words("conformance"))).containsExactly("conformance", "run");
    assertThat(OwnNamespace.meant(words("conformance list"))).hasSize(2);
  }
}
