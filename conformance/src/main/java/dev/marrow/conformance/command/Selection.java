package dev.marrow.conformance.command;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Level;
import dev.marrow.conformance.cases.Catalogue;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which cases to run. Pure. */
record Selection(boolean quick, List<String> only, Optional<Level> level, Optional<String> cve) {
  static Optional<Level> level(String text) throws IOException {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    return Arrays.stream(Level.values())
        .filter(l -> l.name().equalsIgnoreCase(text))
        .findFirst()
        .or(() -> {
          throw new IllegalArgumentException(
              "--level: '%s' (expected: must, should, istio or hardening)".formatted(text));
        });
  }

  List<Case> cases() throws IOException {
    List<Case> chosen = Catalogue.all().stream().filter(this::wants).toList();
    if (chosen.isEmpty()) {
      throw new IOException("no case matches (see `list`)");
    }
    return chosen;
  }

  private boolean wants(Case each) {
    boolean named =
        only.isEmpty()
            || only.stream()
                .anyMatch(name ->
                    each.id().equalsIgnoreCase(name)
                        || each.info().group().name().equalsIgnoreCase(name));
    boolean leveled = level.isEmpty() || each.info().level() == level.get();
    boolean advised =
        cve.isEmpty() || each.info().cves().contains(cve.get().toUpperCase(Locale.ROOT));
    return named && leveled && advised && (!quick || each.info().quick());
  }
}
