package dev.marrow.conformance.command;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.CaseInfo;
import dev.marrow.conformance.Level;
import dev.marrow.conformance.Profile;
import dev.marrow.conformance.cases.Catalogue;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Which cases to run or to show. Checks its words. Pure. */
record Selection(boolean quick, List<String> only, Set<Level> levels, Optional<String> cve) {
  static final Selection ALL = new Selection(false, List.of(), Set.of(), Optional.empty());

  Selection {
    only = List.copyOf(only);
    levels = Set.copyOf(levels);
    for (String name : only) {
      if (Catalogue.all().stream().noneMatch(each -> named(each.info(), name))) {
        throw new IllegalArgumentException(
            "--only: '%s' (expected: an id, a number or a group of `list`; or h2spec alone)"
                .formatted(name));
      }
    }
    cve.ifPresent(id -> {
      if (Catalogue.all().stream().noneMatch(each -> advised(each.info(), id))) {
        throw new IllegalArgumentException(
            "--cve: '%s' (expected: an advisory that `list --output json` names)".formatted(id));
      }
    });
  }

  static Selection of(boolean quick, List<String> only, List<String> levels, Optional<String> cve) {
    Set<Level> known = EnumSet.noneOf(Level.class);
    levels.forEach(each -> known.add(level(each)));
    return new Selection(quick, only, known, cve);
  }

  private static Level level(String text) {
    return Arrays.stream(Level.values())
        .filter(l -> l.name().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "--level: '%s' (expected: must, should, istio or hardening)".formatted(text)));
  }

  /** All that match, of any profile. */
  List<Case> cases() {
    return Catalogue.all().stream().filter(each -> wants(each.info())).toList();
  }

  /** All that match and belong to the profile: at least one. */
  List<Case> cases(Profile profile) throws IOException {
    List<Case> chosen =
        cases().stream().filter(each -> each.info().profiles().contains(profile)).toList();
    if (chosen.isEmpty()) {
      throw new IOException(
          "no case of profile %s matches --only, --level, --cve and --quick together (expected: at least one, see `list --profile %<s`)"
              .formatted(profile.name().toLowerCase(Locale.ROOT)));
    }
    return chosen;
  }

  /** Whether nothing that matches belongs to the profile. */
  boolean isEmpty(Profile profile) {
    return cases().stream().noneMatch(each -> each.info().profiles().contains(profile));
  }

  private boolean wants(CaseInfo info) {
    return (only.isEmpty() || only.stream().anyMatch(name -> named(info, name)))
        && (levels.isEmpty() || levels.contains(info.level()))
        && (cve.isEmpty() || advised(info, cve.get()))
        && (!quick || info.quick());
  }

  // SRV-04a, SRV-04, SRV, D: all mean it; MOD-01 is MOD as well, though its group is AUT.
  private static boolean named(CaseInfo info, String name) {
    String id = info.id();
    return id.equalsIgnoreCase(name)
        || id.replaceFirst("[a-z]$", "").equalsIgnoreCase(name)
        || id.substring(0, id.indexOf('-')).equalsIgnoreCase(name)
        || info.group().name().equalsIgnoreCase(name)
        || info.group().letter().equalsIgnoreCase(name);
  }

  private static boolean advised(CaseInfo info, String advisory) {
    return info.cves().stream().anyMatch(advisory::equalsIgnoreCase);
  }
}
