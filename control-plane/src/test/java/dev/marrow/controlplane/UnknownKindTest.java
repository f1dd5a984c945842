package dev.marrow.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** An object that nobody reads is not passed over in silence: it may be a slip of the pen. */
class UnknownKindTest {
  @Test
  void aMisspeltKindIsToldInItsStatusWithTheNearestOne() {
    Compiled compiled = Compiled.of(object("security.istio.io/v1", "AuthorisationPolicy"));

    assertThat(compiled.condition("AuthorisationPolicy", "a", "Accepted"))
        .startsWith("False UnknownKind ")
        .contains("'AuthorisationPolicy' of security.istio.io/v1")
        .contains("such as AuthorizationPolicy");
  }

  @Test
  void theKindOfAnotherGroupIsAnotherKind() {
    Compiled compiled = Compiled.of(object("networking.istio.io/v1", "Gateway"));

    assertThat(compiled.condition("Gateway.networking.istio.io", "a", "Accepted"))
        .startsWith("False UnknownKind ");
  }

  @Test
  void theStatusGoesWithTheObject() {
    Compiled compiled = Compiled.of(object("example.com/v1", "Thing"));

    compiled.remove("Thing", "shop", "a");

    assertThat(compiled.statuses()).isEmpty();
  }

  private static String object(String apiVersion, String kind) {
    return "{apiVersion: %s, kind: %s, metadata: {name: a, namespace: shop}}"
        .formatted(apiVersion, kind);
  }
}
