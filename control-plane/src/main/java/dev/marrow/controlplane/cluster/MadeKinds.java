package dev.marrow.controlplane.cluster;

import dev.marrow.controlplane.compile.Labels;
import dev.marrow.resources.kubernetes.WatchedKind;
import java.util.ArrayList;
import java.util.List;

/** The kinds that we make, narrowed down to the objects that we make. */
public final class MadeKinds {
  /** The value of {@link Labels#MANAGED_BY}. */
  public static final String US = "marrow";

  private MadeKinds() {}

  /** All of them; ConfigMaps only of that name. */
  public static List<WatchedKind> of(String rootConfigMap) {
    String ours = Labels.MANAGED_BY + "=" + US;
    List<WatchedKind> kinds = new ArrayList<>();
    ObjectPaths.MADE.forEach(kind -> kinds.add(kind.where(ours, "").onlyMetadata()));
    for (String kind : List.of("Service", "ServiceAccount")) {
      kinds.add(ObjectPaths.kind(kind).where(ours, "").onlyMetadata());
    }
    kinds.add(ObjectPaths.kind("ConfigMap").where("", "metadata.name=" + rootConfigMap));
    return kinds;
  }
}
