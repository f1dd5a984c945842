package dev.marrow.conformance.cases;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.CaseInfo;
import dev.marrow.conformance.Group;
import dev.marrow.conformance.Level;
import dev.marrow.conformance.Profile;
import dev.marrow.conformance.Severity;
import dev.marrow.conformance.Terms;
import dev.marrow.conformance.Tier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Collects the cases of one group. Reads as a table: {@code add("TLS-04",
 * …).must(HIGH).source("…").check(bench -> …)}. Confined to the start of the program.
 */
final class CaseList {
  private final Group group;
  private final Tier tier;
  private final Set<Profile> profiles;
  private final List<Case> cases = new ArrayList<>();

  CaseList(Group group, Tier tier, Set<Profile> profiles) {
    this.group = group;
    this.tier = tier;
    this.profiles = profiles;
  }

  Draft add(String id, String title) {
    return new Draft(id, title);
  }

  List<Case> cases() {
    return List.copyOf(cases);
  }

  /**
   * A case being written down. Everything but id and title has a default, or is checked when {@link
   * #check} ends it.
   */
  final class Draft {
    private final String id;
    private final String title;
    private String sent = "";
    private String must = "";
    private String why = "";
    private String fix = "";
    private String source = "";
    private Level level = Level.MUST;
    private Severity severity = Severity.MEDIUM;
    private Tier need = tier;
    private Set<Profile> where = profiles;
    private Set<String> hooks = Set.of();
    private boolean quick;
    private boolean flood;
    private boolean deep;
    private Duration limit = Terms.USUAL;
    private List<String> cves = List.of();

    private Draft(String id, String title) {
      this.id = id;
      this.title = title;
    }

    Draft sent(String text) {
      sent = text;
      return this;
    }

    Draft must(String text) {
      must = text;
      return this;
    }

    Draft why(String text) {
      why = text;
      return this;
    }

    Draft fix(String text) {
      fix = text;
      return this;
    }

    Draft source(String text) {
      source = text;
      return this;
    }

    Draft level(Level value) {
      level = value;
      return this;
    }

    Draft severity(Severity value) {
      severity = value;
      return this;
    }

    Draft needs(Tier value) {
      need = value;
      return this;
    }

    /** Needs these of the owner's hooks, and so the tier CONTROL. */
    Draft hooks(String... names) {
      hooks = Set.of(names);
      need = Tier.CONTROL;
      return this;
    }

    /** Takes longer than most. */
    Draft within(Duration value) {
      limit = value;
      return this;
    }

    Draft profiles(Profile first, Profile... more) {
      where = EnumSet.of(first, more);
      return this;
    }

    /** Part of the ten-second answer. */
    Draft quick() {
      quick = true;
      return this;
    }

    /** Only with {@code --allow-dos}. */
    Draft flood() {
      flood = true;
      return this;
    }

    /** Shows authorities below the given one. */
    Draft deep() {
      deep = true;
      return this;
    }

    Draft cve(String... ids) {
      cves = List.of(ids);
      return this;
    }

    void check(Case.Body body) {
      if (sent.isEmpty() || must.isEmpty() || source.isEmpty()) {
        throw new IllegalStateException(id + ": sent, must and source are needed");
      }
      cases.add(
          new Case(
              new CaseInfo(
                  id,
                  group,
                  title,
                  sent,
                  must,
                  why,
                  fix,
                  source,
                  level,
                  severity,
                  where,
                  new Terms(need, hooks, quick, flood, deep, limit),
                  cves),
              body));
    }
  }
}
