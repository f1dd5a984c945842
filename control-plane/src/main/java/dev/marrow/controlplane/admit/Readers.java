package dev.marrow.controlplane.admit;

import dev.marrow.controlplane.compile.route.JwtReading;
import dev.marrow.controlplane.compile.route.RateLimitReading;
import dev.marrow.controlplane.compile.route.RouteReading;
import dev.marrow.controlplane.compile.route.TelemetryReading;
import dev.marrow.controlplane.compile.route.TlsPolicyReading;
import dev.marrow.controlplane.compile.route.TrafficReading;
import dev.marrow.controlplane.compile.route.VirtualReading;
import dev.marrow.controlplane.compile.security.PeerMode;
import dev.marrow.controlplane.compile.security.PolicyReading;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.kubernetes.MeshKinds;
import dev.marrow.resources.kubernetes.WatchedKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who reads which kind strictly. Of the others those that the mesh knows are always understood; a
 * kind that nobody knows may be a slip of the pen, and is told so.
 */
final class Readers {
  private static final Map<String, BiConsumer<KubeObject, List<String>>> READERS =
      Map.ofEntries(
          Map.entry("AuthorizationPolicy", PolicyReading::read),
          Map.entry("PeerAuthentication", PeerMode::read),
          Map.entry("HTTPRoute", RouteReading::read),
          Map.entry("GRPCRoute", RouteReading::read),
          Map.entry("TCPRoute", RouteReading::read),
          Map.entry("TLSRoute", RouteReading::read),
          Map.entry("RequestAuthentication", JwtReading::check),
          Map.entry("DestinationRule", TrafficReading::check),
          Map.entry("BackendTLSPolicy", TlsPolicyReading::check),
          Map.entry("Telemetry", TelemetryReading::check),
          Map.entry("VirtualService", VirtualReading::check),
          Map.entry("RateLimit", RateLimitReading::check),
          Map.entry("Gateway", GatewayReading::check));

  /** What only a directory holds: what the local mesh runs, and what the deployer writes. */
  private static final Set<String> KNOWN =
      Stream.concat(
              MeshKinds.all().stream().map(WatchedKind::kind),
              Stream.of(
                  "Deployment", "DaemonSet", "HorizontalPodAutoscaler", "PodDisruptionBudget"))
          .collect(Collectors.toUnmodifiableSet());

  private Readers() {}

  /** Whether anybody reads objects of {@code kind} at all. */
  static boolean knows(String kind) {
    return KNOWN.contains(kind);
  }

  /** What is wrong with {@code object}. */
  static List<String> check(KubeObject object) {
    if (!knows(object.key().kind())) {
      return List.of(
          "kind: '%s' of %s (expected: a kind that the mesh reads, such as %s)"
              .formatted(object.kind(), object.apiVersion(), Nearest.to(object.kind(), KNOWN)));
    }
    List<String> errors = new ArrayList<>();
    BiConsumer<KubeObject, List<String>> reader = READERS.get(object.key().kind());
    if (reader != null) {
      read(reader, object, errors);
    }
    return errors;
  }

  /**
   * What a user writes must not end the one thread that follows all objects, whatever a reader
   * trips over: a pattern that is matched by recursion needs a stack as deep as the text is long.
   */
  private static void read(
      BiConsumer<KubeObject, List<String>> reader, KubeObject object, List<String> errors) {
    try {
      reader.accept(object, errors);
    } catch (RuntimeException | StackOverflowError unreadable) {
      errors.add("cannot be read: " + unreadable);
    }
  }
}
