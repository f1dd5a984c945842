package dev.marrow.cli.local.network;

import dev.marrow.cli.local.plan.PlannedPod;
import dev.marrow.cli.local.plan.PlannedService;
import java.util.List;

/** A service with the pods that are ready to serve it. */
public record Endpoints(PlannedService service, List<PlannedPod> ready) {
  public Endpoints {
    ready = List.copyOf(ready);
  }
}
