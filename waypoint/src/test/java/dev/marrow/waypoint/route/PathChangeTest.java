package dev.marrow.waypoint.route;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathChangeTest {
  /** The table of Gateway API's HTTPPathModifier, and a query behind. */
  @ParameterizedTest
  @CsvSource({
    "/foo/bar,/foo,/xyz,/xyz/bar",
    "/foo/bar,/foo,/xyz/,/xyz/bar",
    "/foo/bar,/foo/,/xyz,/xyz/bar",
    "/foo/bar,/foo/,/xyz/,/xyz/bar",
    "/foo,/foo,/xyz,/xyz",
    "/foo/,/foo,/xyz,/xyz/",
    "/foo/bar,/foo,'',/bar",
    "/foo/,/foo,'',/",
    "/foo,/foo,'',/",
    "/foo/,/foo,/,/",
    "/foo,/foo,/,/",
    "/bar?q=1,/,/xyz,/xyz/bar?q=1",
    "/foo/a?q=/foo,/foo,/b,/b/a?q=/foo",
  })
  void aPrefixIsReplacedBySegments(String target, String prefix, String replacement, String to) {
    int covered = new PathMatch.Prefix(prefix).prefixLength();

    assertThat(new PathChange.Prefix(replacement).applyTo(target, covered)).isEqualTo(to);
  }

  @ParameterizedTest
  @CsvSource({"/a?b=c,/x,/x?b=c", "/a,/x/y,/x/y"})
  void aWholePathIsReplacedAndTheQueryStays(String target, String full, String to) {
    assertThat(new PathChange.Full(full).applyTo(target, 0)).isEqualTo(to);
  }
}
