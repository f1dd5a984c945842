package dev.marrow.controlplane.compile.security;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.controlplane.compile.Selector;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A PeerAuthentication, read strictly. DISABLE counts as PERMISSIVE: a node proxy never turns its
 * tunnel off.
 */
public record PeerMode(
    ObjectKey key, Optional<Selector> selector, Mode mode, Map<Integer, Mode> ports) {
  /** What a server asks of its peers. */
  public enum Mode {
    UNSET,
    PERMISSIVE,
    STRICT
  }

  private static final Map<String, Mode> MODES =
      Map.of(
          "UNSET", Mode.UNSET,
          "DISABLE", Mode.PERMISSIVE,
          "PERMISSIVE", Mode.PERMISSIVE,
          "STRICT", Mode.STRICT);

  public PeerMode {
    ports = Map.copyOf(ports);
  }

  /** Reads {@code object}; what is wrong is added to {@code errors}. */
  public static PeerMode read(KubeObject object, List<String> errors) {
    Fields spec = Fields.of(object.spec(), "spec", errors);
    Optional<Selector> selector =
        spec.has("selector")
            ? Optional.of(PolicyReading.selector(spec.object("selector")))
            : Optional.empty();
    Mode mode = mode(spec.object("mtls"));
    Map<Integer, Mode> ports = new TreeMap<>();
    Fields perPort = spec.object("portLevelMtls");
    for (String port : perPort.names()) {
      Mode ofPort = mode(perPort.object(port));
      if (!PolicyReading.port(port)) {
        spec.reject("portLevelMtls", "'%s' (expected: a port)".formatted(port));
      } else {
        ports.put(Integer.valueOf(port), ofPort);
      }
    }
    spec.done();
    return new PeerMode(object.key(), selector.filter(s -> !s.empty()), mode, ports);
  }

  private static Mode mode(Fields mtls) {
    return mtls.choice("mode", MODES, Mode.UNSET);
  }

  Set<Integer> portsWith(Mode wanted) {
    return ports.entrySet().stream()
        .filter(entry -> entry.getValue() == wanted)
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }
}
