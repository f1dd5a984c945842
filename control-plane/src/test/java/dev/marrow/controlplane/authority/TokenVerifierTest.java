package dev.marrow.controlplane.authority;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.marrow.controlplane.TestTokens;
import dev.marrow.controlplane.authority.Authentication.Known;
import dev.marrow.controlplane.authority.Authentication.Refused;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenVerifierTest {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("2026-01-01T01:00:00Z");

  @TempDir Path home;

  @ParameterizedTest
  @CsvSource({"-30, true", "-31, false", "0, true", "3629, true", "3630, false"})
  void clocksMayDifferByHalfAMinute(int secondsAfterBegin, boolean accepted) throws Exception {
    TestTokens tokens = TestTokens.create("test");
    Clock clock = Clock.fixed(BEGIN.plusSeconds(secondsAfterBegin), ZoneOffset.UTC);
    var verifier =
        new TokenVerifier(tokens.write(home.resolve("jwks")), Set.of(), "istio-ca", clock);
    JWTClaimsSet claims =
        tokens
            .claims("shop", "web", "n1")
            .notBeforeTime(Date.from(BEGIN))
            .expirationTime(Date.from(END))
            .build();

    Authentication answer = verifier.verify(tokens.sign(claims));

    if (accepted) {
      assertThat(answer).isInstanceOf(Known.class);
    } else {
      assertThat(((Refused) answer).reason())
          .isEqualTo(secondsAfterBegin < 0 ? Refusal.TOKEN_NOT_YET_VALID : Refusal.TOKEN_EXPIRED);
    }
  }
}
