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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Who reads which kind strictly. Kinds that nobody reads strictly are always understood. */
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

  private Readers() {}

  /** What is wrong with {@code object}. */
  static List<String> check(KubeObject object) {
    List<String> errors = new ArrayList<>();
    BiConsumer<KubeObject, List<String>> reader = READERS.get(object.key().kind());
    if (reader != null) {
      reader.accept(object, errors);
    }
    return errors;
  }
}
