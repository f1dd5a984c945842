package dev.marrow.mesh.workload;

import java.util.List;

/**
 * How endpoints of a service are chosen.
 *
 * @param preferences from most to least important; what they mean depends on {@code mode}
 */
public record LoadBalancing(Mode mode, List<Scope> preferences, HealthPolicy healthPolicy) {
  /** Any healthy endpoint. */
  public static final LoadBalancing ANY =
      new LoadBalancing(Mode.ANY, List.of(), HealthPolicy.ONLY_HEALTHY);

  public LoadBalancing {
    preferences = List.copyOf(preferences);
  }

  /** What the preferences do. */
  public enum Mode {
    /** Nothing: every endpoint is as good as any other. */
    ANY,
    /** An endpoint must match all of them. */
    STRICT,
    /** Endpoints that match more of the leading ones are used first. */
    FAILOVER,
    /** No choice is made: traffic goes to the address it was sent to. */
    PASSTHROUGH
  }

  /** One thing a client and an endpoint may have in common. Each compares only its own field. */
  public enum Scope {
    REGION,
    ZONE,
    SUBZONE,
    NODE,
    CLUSTER,
    NETWORK
  }

  /** Whether endpoints that are not healthy are used. */
  public enum HealthPolicy {
    ONLY_HEALTHY,
    ALLOW_ALL
  }
}
