package dev.marrow.conformance;

import java.time.Duration;
import java.util.Set;

/**
 * When a case is run.
 *
 * @param tier what the kit must have been given
 * @param hooks what the owner of the target must let the kit do, by name
 * @param quick part of the ten-second answer
 * @param flood only with {@code --allow-dos}
 * @param deep shows authorities below the given one, so that one has to be allowed to sign them
 * @param limit the most time it may take, whatever the target does
 */
public record Terms(
    Tier tier, Set<String> hooks, boolean quick, boolean flood, boolean deep, Duration limit) {
  public static final Duration USUAL = Duration.ofSeconds(20);

  public Terms {
    hooks = Set.copyOf(hooks);
  }

  /** Without hooks, always, within the usual time. */
  public static Terms of(Tier tier) {
    return new Terms(tier, Set.of(), false, false, false, USUAL);
  }
}
