package dev.marrow.mesh.file;

import dev.marrow.mesh.MeshChange;
import dev.marrow.mesh.MeshDelta;
import dev.marrow.mesh.MeshSource;
import dev.marrow.mesh.MeshView;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.workload.Ports;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The mesh from a local YAML or JSON file, read once; {@link WatchedFile} reads it again. Unknown
 * keys and wrong values are refused with their place in the file. Immutable.
 *
 * <p>A workload without {@code trustDomain} is in {@code cluster.local}: the empty trust domain
 * that others take is not a SPIFFE id.
 */
public final class LocalFile implements MeshSource {
  private final MeshDelta contents;
  private final MeshView view;

  private LocalFile(MeshDelta contents) {
    this.contents = contents;
    this.view = MeshView.EMPTY.with(contents);
  }

  /** Reads the file. */
  public static LocalFile read(Path path) throws IOException, LocalFileException {
    return parse(path.toString(), Files.readString(path));
  }

  /** Reads inline text; {@code name} stands for the file in messages. */
  public static LocalFile parse(String name, String text) throws LocalFileException {
    FieldReader fields =
        FieldReader.of(TreeParser.parse(name, text), Set.of("workloads", "services", "policies"));
    Map<String, Workload> workloads = new LinkedHashMap<>();
    for (Tree tree : fields.list("workloads", tree -> tree)) {
      Workload workload = WorkloadFields.read(tree);
      if (workloads.put(workload.uid(), workload) != null) {
        throw tree.spot().refusal("uid '%s' occurs twice".formatted(workload.uid()));
      }
    }
    List<Service> services = new ArrayList<>();
    for (Tree tree : fields.list("services", tree -> tree)) {
      Service service = ServiceFields.read(tree);
      services.add(service);
      join(service.key(), ServiceFields.endpoints(tree), workloads, tree);
    }
    List<Policy> policies = fields.list("policies", PolicyFields::read);
    return new LocalFile(MeshDelta.of(List.copyOf(workloads.values()), services, policies));
  }

  private static void join(
      ServiceKey service, Map<String, Ports> endpoints, Map<String, Workload> workloads, Tree at)
      throws LocalFileException {
    for (Map.Entry<String, Ports> endpoint : endpoints.entrySet()) {
      Workload workload = workloads.get(endpoint.getKey());
      if (workload == null) {
        throw at.spot()
            .part("endpoints")
            .refusal("no workload has the uid '%s'".formatted(endpoint.getKey()));
      }
      Map<ServiceKey, Ports> services = new HashMap<>(workload.services());
      services.putIfAbsent(service, endpoint.getValue());
      workloads.put(workload.uid(), workload.withServices(services));
    }
  }

  /** The values of the file. */
  public MeshDelta contents() {
    return contents;
  }

  @Override
  public MeshView current() {
    return view;
  }

  /** Never calls: the file is read once. */
  @Override
  public void onChange(Consumer<MeshChange> listener) {}

  @Override
  public void forget(Consumer<MeshChange> listener) {}
}
