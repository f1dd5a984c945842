package dev.marrow.cli.edit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.cli.edit.YamlText.ObjectName;
import org.junit.jupiter.api.Test;

class YamlTextTest {
  private static final ObjectName SHOP = new ObjectName("Namespace", "", "shop");

  private static String set(String text, String key, String value) {
    return new YamlText(text).set(SHOP, "labels", key, value).orElseThrow().text();
  }

  private static String remove(String text, String key) {
    return new YamlText(text).remove(SHOP, "labels", key).orElseThrow().text();
  }

  @Test
  void aLabelIsReplacedInPlace() {
    String text =
        """
        # The shop. ☕
        kind: Namespace
        metadata:
          name: shop
          labels:
            mode: old # why
            # a comment
            other: x
        """;

    assertThat(set(text, "mode", "new")).isEqualTo(text.replace("old", "new"));
  }

  @Test
  void aLabelIsAddedBelowTheLastOne() {
    String text =
        """
        kind: Namespace
        metadata:
          labels:
              a: x # stays

              b: y # stays too
          name: shop
        # end
        """;

    assertThat(set(text, "istio.io/c", "true"))
        .isEqualTo(
            text.replace("b: y # stays too", "b: y # stays too\n      istio.io/c: \"true\""));
  }

  @Test
  void labelsAreAddedWhereThereAreNone() {
    String text =
        """
        kind: Namespace
        metadata:
          name: shop # the shop
        ---
        kind: Other
        """;

    assertThat(set(text, "a", "b"))
        .isEqualTo(text.replace("# the shop\n", "# the shop\n  labels:\n    a: b\n"));
  }

  @Test
  void flowStyleStaysFlowStyle() {
    assertThat(set("kind: Namespace\nmetadata: {name: shop} # c\n", "a", "b"))
        .isEqualTo("kind: Namespace\nmetadata: {name: shop, labels: {a: b}} # c\n");
    assertThat(set("kind: Namespace\nmetadata: {name: shop, labels: {x: y}}\n", "a", "b"))
        .isEqualTo("kind: Namespace\nmetadata: {name: shop, labels: {x: y, a: b}}\n");
    assertThat(set("kind: Namespace\nmetadata:\n  labels: {}\n  name: shop", "a", "b"))
        .isEqualTo("kind: Namespace\nmetadata:\n  labels: {a: b}\n  name: shop");
  }

  @Test
  void aKeyWithoutAnyValueIsFilled() {
    assertThat(set("kind: Namespace\nmetadata:\n  labels:\n  name: shop\n", "a", "b"))
        .isEqualTo("kind: Namespace\nmetadata:\n  labels: {a: b}\n  name: shop\n");
  }

  @Test
  void aLabelIsRemovedWithItsLine() {
    String text =
        "kind: Namespace\nmetadata:\n  name: shop\n  labels:\n    a: b # gone\n    c: d\nspec: {}\n";

    assertThat(remove(text, "a")).isEqualTo(text.replace("    a: b # gone\n", ""));
    assertThat(remove(text, "c")).isEqualTo(text.replace("    c: d\n", ""));
    assertThat(remove(text, "z")).isEqualTo(text);
  }

  @Test
  void theLastLabelTakesTheMapWithIt() {
    assertThat(remove("kind: Namespace\nmetadata:\n  name: shop\n  labels:\n    a: b\n", "a"))
        .isEqualTo("kind: Namespace\nmetadata:\n  name: shop\n");
    assertThat(remove("kind: Namespace\nmetadata: {name: shop, labels: {a: b}}\n", "a"))
        .isEqualTo("kind: Namespace\nmetadata: {name: shop}\n");
    assertThat(remove("kind: Namespace\nmetadata:\n  labels: {a: b, c: d}\n  name: shop\n", "a"))
        .isEqualTo("kind: Namespace\nmetadata:\n  labels: {c: d}\n  name: shop\n");
  }

  @Test
  void settingAndRemovingGivesTheTextBack() {
    String text = "# x\nkind: Namespace\nmetadata:\n  name: shop\n";

    assertThat(remove(set(text, "istio.io/dataplane-mode", "ambient"), "istio.io/dataplane-mode"))
        .isEqualTo(text);
  }

  @Test
  void theRightOneOfSeveralDocumentsIsChanged() {
    String first = "kind: Service\nmetadata: {name: shop}\n---\n";
    String second = "kind: Namespace\nmetadata: {name: other}\n---\n";
    String third = "kind: Namespace\nmetadata: {name: shop}\n";

    assertThat(set(first + second + third, "a", "b"))
        .isEqualTo(first + second + "kind: Namespace\nmetadata: {name: shop, labels: {a: b}}\n");
    assertThat(new YamlText(first + second).set(SHOP, "labels", "a", "b")).isEmpty();
  }
}
