package dev.marrow.controlplane.compile.route;

import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.List;

/** What an object asks for that we know and cannot do. */
public final class Notes {
  private Notes() {}

  /** The paths of those fields. */
  public static List<String> of(KubeObject object) {
    List<String> notes = new ArrayList<>();
    List<String> errors = new ArrayList<>();
    switch (object.key().kind()) {
      case "RequestAuthentication" -> JwtReading.read(object, errors, notes);
      case "DestinationRule" -> TrafficReading.read(object, errors, notes);
      case "Telemetry" -> TelemetryReading.read(object, errors, notes);
      case "VirtualService" -> VirtualReading.read(object, errors, notes);
      case "BackendTLSPolicy", "RateLimit" -> {}
      default -> notes.add(object.kind());
    }
    return notes;
  }
}
