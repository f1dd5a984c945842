package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.controlplane.compile.TargetRef;
import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads a BackendTLSPolicy strictly. */
public final class TlsPolicyReading {
  /** What it says. */
  public record TlsPolicy(
      List<TargetRef> targets,
      String hostname,
      boolean systemRoots,
      List<String> configMaps,
      List<String> names) {}

  private TlsPolicyReading() {}

  /** Checks {@code object}; what is wrong is added to {@code errors}. */
  public static void check(KubeObject object, List<String> errors) {
    read(object, errors);
  }

  public static TlsPolicy read(KubeObject object, List<String> errors) {
    Fields spec = Fields.of(object.spec(), "spec", errors);
    List<TargetRef> targets = TargetRef.read(spec);
    Fields validation = spec.object("validation");
    boolean system = validation.choice("wellKnownCACertificates", Map.of("System", true), false);
    List<String> maps = new ArrayList<>();
    for (Fields ref : validation.list("caCertificateRefs")) {
      String kind = ref.text("kind");
      if (!kind.equals("ConfigMap")) {
        ref.reject("kind", "'%s' (expected: ConfigMap)".formatted(kind));
      }
      ref.ignore("group");
      maps.add(ref.text("name"));
    }
    List<String> names = new ArrayList<>();
    for (Fields name : validation.list("subjectAltNames")) {
      names.add(name.text("type").equals("URI") ? name.text("uri") : name.text("hostname"));
    }
    if (system == !maps.isEmpty()) {
      validation.reject("caCertificateRefs", "expected: either these or wellKnownCACertificates");
    }
    spec.ignore("options");
    TlsPolicy policy = new TlsPolicy(targets, validation.text("hostname"), system, maps, names);
    spec.done();
    return policy;
  }
}
