package dev.marrow.conformance;

import java.util.List;
import java.util.Set;

/**
 * What a case claims, whoever runs it.
 *
 * @param id stable, for example {@code SVID-03}
 * @param title the observation that would be a failure or a success, in a few words
 * @param sent what the kit does
 * @param must what has to happen
 * @param why what goes wrong in the world when it does not
 * @param fix what the owner of a failing endpoint can do
 * @param source document and section, or advisory
 * @param cves advisories of which this is the regression test
 */
public record CaseInfo(
    String id,
    Group group,
    String title,
    String sent,
    String must,
    String why,
    String fix,
    String source,
    Level level,
    Severity severity,
    Set<Profile> profiles,
    Terms terms,
    List<String> cves) {
  public CaseInfo {
    profiles = Set.copyOf(profiles);
    cves = List.copyOf(cves);
    if (!id.matches("[A-Z0-9]+-[0-9]{2}[a-z]?")) {
      throw new IllegalArgumentException("id: '%s' (expected: GROUP-NN)".formatted(id));
    }
    if (profiles.isEmpty()) {
      throw new IllegalArgumentException(id + ": profiles: none (expected: >= 1)");
    }
  }

  public Tier tier() {
    return terms.tier();
  }

  /** Part of the ten-second answer. */
  public boolean quick() {
    return terms.quick();
  }

  /** Only with {@code --allow-dos}. */
  public boolean flood() {
    return terms.flood();
  }
}
