package dev.marrow.conformance.run;

import java.io.IOException;
import java.util.Map;
import java.util.Set;

/**
 * What the owner of a target lets the kit do to it, by name. Each is told what to do through
 * variables:
 *
 * <pre>
 * outbound  make the target dial once        KIT_ADDRESS host:port, KIT_IDENTITY its SPIFFE id, KIT_BYTES to send
 * policy    put policies in force            KIT_POLICIES a folder: objects.yaml (Istio's objects),
 *                                            local.yaml (`policies:` of ztunnel's local file),
 *                                            waypoint.yaml (`policies:` of Marrow's waypoint);
 *                                            KIT_GENERATION the name of a policy that is new each time
 * crl       put revocation lists in force    KIT_CRL a file, PEM; without content: none
 * authority take the issuer away, or back    KIT_AUTHORITY down | up
 * roots     trust these, sign with the last  KIT_ROOTS a file, PEM; KIT_ROOT_KEY the key of the last
 * rotate    get another certificate now      –
 * restart   end with SIGTERM, start again    –
 * vanish    drop packets of a connection     KIT_PORT our port; empty: drop no more
 * metrics   print them (Prometheus text)     –
 * log       print it, or its end             –
 * pid       print the target's process id    –
 * </pre>
 */
public record Hooks(Map<String, Hook> byName) {
  public static final Hooks NONE = new Hooks(Map.of());

  private static final Set<String> NAMES =
      Set.of(
          "outbound",
          "policy",
          "crl",
          "authority",
          "roots",
          "rotate",
          "restart",
          "vanish",
          "metrics",
          "log",
          "pid");

  public Hooks {
    byName = Map.copyOf(byName);
    for (String name : byName.keySet()) {
      if (!NAMES.contains(name)) {
        throw new IllegalArgumentException(
            "hook: '%s' (expected: one of %s)".formatted(name, new java.util.TreeSet<>(NAMES)));
      }
    }
  }

  public boolean has(String name) {
    return byName.containsKey(name);
  }

  /** Runs a hook that is known to be there. */
  public String run(String name, Map<String, String> environment)
      throws IOException, InterruptedException {
    Hook hook = byName.get(name);
    if (hook == null) {
      throw new IOException("no hook '%s'".formatted(name));
    }
    return hook.run(environment);
  }
}
