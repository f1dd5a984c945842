package dev.marrow.controlplane.compile;

import dev.marrow.resources.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a policy is attached to. */
public record TargetRef(String group, String kind, String name, String sectionName) {
  /** Reads {@code targetRef} and {@code targetRefs}. */
  public static List<TargetRef> read(Fields spec) {
    List<TargetRef> refs = new ArrayList<>();
    spec.optional("targetRef").map(TargetRef::one).ifPresent(refs::add);
    spec.list("targetRefs").stream().map(TargetRef::one).forEach(refs::add);
    return refs;
  }

  private static TargetRef one(Fields ref) {
    ref.ignore("namespace");
    return new TargetRef(
        ref.text("group", ""), ref.text("kind"), ref.text("name"), ref.text("sectionName", ""));
  }

  /** The object meant, seen from a policy in {@code namespace}. */
  public Optional<ObjectKey> object(String namespace) {
    return name.isEmpty() || kind.isEmpty()
        ? Optional.empty()
        : Optional.of(new ObjectKey(kind, kind.equals("GatewayClass") ? "" : namespace, name));
  }
}
