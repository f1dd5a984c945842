package dev.marrow.conformance.cases;

import dev.marrow.conformance.Case;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Every case the kit knows, in the order of the groups. */
public final class Catalogue {
  private static final List<Case> ALL =
      Stream.of(
              TlsCases.all(),
              ChainCases.all(),
              RevocationCases.all(),
              SvidCases.all(),
              ClientCases.all(),
              ResumptionCases.all(),
              FramingCases.all(),
              FloodCases.all(),
              ConnectCases.all(),
              PolicyCases.all(),
              TunnelCases.all(),
              RotationCases.all(),
              WaypointCases.all())
          .flatMap(List::stream)
          .toList();

  private Catalogue() {}

  public static List<Case> all() {
    return ALL;
  }

  public static Optional<Case> find(String id) {
    return ALL.stream().filter(each -> each.id().equals(id)).findFirst();
  }
}
