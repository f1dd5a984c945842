package dev.marrow.cli.drill.cases;

import dev.marrow.cli.drill.Drill;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All drills, by id. */
public final class Catalogue {
  private static final List<Drill> ALL =
      Stream.of(
              RestartDrills.all(),
              IdentityDrills.all(),
              ControlDrills.all(),
              LimitDrills.all(),
              NetworkDrills.all(),
              MachineDrills.all(),
              WaypointDrills.all(),
              EnduranceDrills.all())
          .flatMap(List::stream)
          .sorted(Comparator.comparing(Drill::id))
          .toList();

  private Catalogue() {}

  public static List<Drill> all() {
    return ALL;
  }

  public static Optional<Drill> find(String id) {
    return ALL.stream().filter(drill -> drill.id().equalsIgnoreCase(id)).findFirst();
  }
}
