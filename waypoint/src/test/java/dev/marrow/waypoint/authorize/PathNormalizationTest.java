package dev.marrow.waypoint.authorize;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathNormalizationTest {
  @ParameterizedTest
  @CsvSource({
    "NONE,/a/../b,/a/../b",
    "BASE,/a/b?c=/../d,/a/b?c=/../d",
    "BASE,/a/../b,/b",
    "BASE,/a/./b,/a/b",
    "BASE,/a/b/..,/a/",
    "BASE,/a/.,/a/",
    "BASE,/%61dmin,/admin",
    "BASE,/a/%2e%2E/b,/b",
    "BASE,/a%2fb,/a%2Fb",
    "BASE,/a\\b,/a/b",
    "BASE,/a//b,/a//b",
    "BASE,/a;x=y/b,/a;x=y/b",
    "BASE,/.well-known/x,/.well-known/x",
    "BASE,/a/...,/a/...",
    "MERGE_SLASHES,/a///b//,/a/b/",
    "MERGE_SLASHES,//admin,/admin",
    "MERGE_SLASHES,/a%2f/b,/a%2F/b",
    "DECODE_AND_MERGE_SLASHES,/a%2f%5cb,/a/b",
    "DECODE_AND_MERGE_SLASHES,/a%2F..%2Fadmin,/admin",
    "BASE,/%7Euser,/~user",
    "BASE,/%c3%a4,/%C3%A4",
  })
  void pathsGetOneForm(PathNormalization level, String path, String expected) {
    assertThat(level.apply(path)).contains(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "BASE,/..",
    "BASE,/a/../../b",
    "BASE,/%zz",
    "BASE,/%",
    "BASE,/%0",
    "BASE,/%00",
    "BASE,/%2e%2e/a",
  })
  void whatHasNoNormalFormIsRefused(PathNormalization level, String path) {
    assertThat(level.apply(path)).isEmpty();
  }
}
