package dev.marrow.mesh.xds;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.marrow.mesh.MeshDelta;
import dev.marrow.mesh.workload.Service;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.mesh.workload.Workload;
import dev.marrow.proto.workload.Address;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Takes workloads and services. Confined to the client's thread. */
final class AddressHandler implements ResourceHandler {
  private final MeshSubscription subscription;
  private final WorkloadReader workloads;
  private final ServiceReader services;

  AddressHandler(MeshSubscription subscription) {
    this.subscription = subscription;
    Interner interner = new Interner(Interner.DEFAULT_LIMIT);
    this.workloads = new WorkloadReader(interner);
    this.services = new ServiceReader(interner);
  }

  @Override
  public String typeUrl() {
    return MeshSubscription.ADDRESS_TYPE;
  }

  @Override
  public boolean onDemand() {
    return subscription.fetchesOnDemand();
  }

  @Override
  public List<Rejection> apply(List<AdsResource> changed, List<String> removed) {
    Batch batch = new Batch();
    removed.forEach(batch::remove);
    List<Rejection> rejections = new ArrayList<>();
    for (AdsResource resource : changed) {
      try {
        batch.add(resource);
      } catch (InvalidResource e) {
        rejections.add(new Rejection(resource.name(), e.reason()));
      }
    }
    subscription.publish(batch.delta());
    if (onDemand()) {
      subscription.answered(names(changed, removed));
    }
    return rejections;
  }

  private static Set<String> names(List<AdsResource> changed, List<String> removed) {
    Set<String> names = new HashSet<>(removed);
    for (AdsResource resource : changed) {
      names.add(resource.name());
      names.addAll(resource.aliases());
    }
    return names;
  }

  /** One response on its way to a delta. */
  private final class Batch {
    private final Set<String> removedWorkloads = new HashSet<>();
    private final Set<ServiceKey> removedServices = new HashSet<>();
    private final List<Workload> changedWorkloads = new ArrayList<>();
    private final List<Service> changedServices = new ArrayList<>();

    // A name is a uid or a service. Removing what is not there does nothing: such names are answers
    // to questions, or long gone.
    void remove(String name) {
      removedWorkloads.add(name);
      serviceKey(name).ifPresent(removedServices::add);
    }

    void add(AdsResource resource) throws InvalidResource {
      Address address = parse(resource);
      switch (address.getTypeCase()) {
        case WORKLOAD -> {
          Workload workload = workloads.read(resource.name(), address.getWorkload());
          changedWorkloads.add(workload);
        }
        case SERVICE -> {
          Service service = services.read(address.getService());
          named(resource, service.key().toString());
          changedServices.add(service);
        }
        case TYPE_NOT_SET ->
            throw new InvalidResource("address: unset (expected: workload or service)");
      }
    }

    MeshDelta delta() {
      return new MeshDelta(
          removedWorkloads,
          removedServices,
          Set.of(),
          changedWorkloads,
          changedServices,
          List.of());
    }
  }

  // Else its removal, which comes by resource name, would never find it.
  private static void named(AdsResource resource, String name) throws InvalidResource {
    InvalidResource.require(resource.name().equals(name), "resource name", resource.name(), name);
  }

  private static Address parse(AdsResource resource) throws InvalidResource {
    try {
      return Address.parseFrom(resource.value());
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidResource("not a message of this type: " + e.getMessage());
    }
  }

  static Optional<ServiceKey> serviceKey(String name) {
    int slash = name.indexOf('/');
    return slash > 0 && ServiceKey.isKey(name.substring(0, slash), name.substring(slash + 1))
        ? Optional.of(ServiceKey.parse(name))
        : Optional.empty();
  }
}
