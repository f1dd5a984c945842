package dev.marrow.controlplane.compile.facts;

import dev.marrow.proto.workload.AppProtocol;
import java.util.Locale;

/** Which protocol a service port speaks: its {@code appProtocol}, else its name up to a dash. */
final class AppProtocols {
  private AppProtocols() {}

  static AppProtocol of(String appProtocol, String name, int port) {
    if (!appProtocol.isEmpty()) {
      return named(appProtocol.toLowerCase(Locale.ROOT));
    }
    String lower = name.toLowerCase(Locale.ROOT);
    int dash = lower.startsWith("grpc-web") ? "grpc-web".length() : lower.indexOf('-');
    AppProtocol named = named(dash < 0 ? lower : lower.substring(0, dash));
    return named == AppProtocol.UNKNOWN ? wellKnown(port) : named;
  }

  static AppProtocol named(String word) {
    return switch (word) {
      case "http", "http1", "http/1.1", "grpc-web", "kubernetes.io/ws", "ws" -> AppProtocol.HTTP11;
      case "http2", "h2c", "kubernetes.io/h2c", "http/2" -> AppProtocol.HTTP2;
      case "grpc" -> AppProtocol.GRPC;
      case "https", "tls", "kubernetes.io/wss", "wss" -> AppProtocol.TLS;
      case "tcp", "mongo", "redis", "mysql", "hbone" -> AppProtocol.TCP;
      default -> AppProtocol.UNKNOWN;
    };
  }

  // Servers that speak first: waiting for the client's first bytes would hold them up.
  private static AppProtocol wellKnown(int port) {
    return switch (port) {
      case 3306, 27017, 6379 -> AppProtocol.TCP;
      default -> AppProtocol.UNKNOWN;
    };
  }
}
