package dev.marrow.mesh.xds;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.marrow.mesh.MeshDelta;
import dev.marrow.mesh.policy.Policy;
import dev.marrow.mesh.policy.PolicyScope;
import dev.marrow.proto.security.Authorization;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Takes policies. Confined to the client's thread. */
final class AuthorizationHandler implements ResourceHandler {
  private final MeshSubscription subscription;

  AuthorizationHandler(MeshSubscription subscription) {
    this.subscription = subscription;
  }

  @Override
  public String typeUrl() {
    return MeshSubscription.AUTHORIZATION_TYPE;
  }

  @Override
  public List<Rejection> apply(List<AdsResource> changed, List<String> removed) {
    Set<String> gone = new HashSet<>(removed);
    List<Policy> policies = new ArrayList<>();
    List<Rejection> rejections = new ArrayList<>();
    for (AdsResource resource : changed) {
      Optional<Authorization> message = parse(resource);
      try {
        policies.add(read(resource, message));
      } catch (InvalidResource e) {
        rejections.add(new Rejection(resource.name(), e.reason()));
        if (gone.contains(resource.name())
            || subscription.current().policy(resource.name()).isEmpty()) {
          placeholder(resource.name(), message).ifPresent(policies::add);
        }
      }
    }
    subscription.publish(new MeshDelta(Set.of(), Set.of(), gone, List.of(), List.of(), policies));
    return rejections;
  }

  private static Policy read(AdsResource resource, Optional<Authorization> message)
      throws InvalidResource {
    Authorization present =
        message.orElseThrow(() -> new InvalidResource("not a message of this type"));
    Policy policy = PolicyReader.read(present);
    InvalidResource.require(
        resource.name().equals(policy.fullName()),
        "resource name",
        resource.name(),
        policy.fullName());
    return policy;
  }

  /** Denies in place of what could not be read; under the resource's name, so that it can go. */
  private static Optional<Policy> placeholder(String name, Optional<Authorization> message) {
    int slash = name.indexOf('/');
    if (slash <= 0 || slash == name.length() - 1) {
      return Optional.empty();
    }
    PolicyScope scope =
        message.map(PolicyReader::scopeOrNamespace).orElse(PolicyScope.WORKLOAD_SELECTOR);
    return Optional.of(
        PolicyReader.unreadable(name.substring(0, slash), name.substring(slash + 1), scope));
  }

  private static Optional<Authorization> parse(AdsResource resource) {
    try {
      return Optional.of(Authorization.parseFrom(resource.value()));
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }
}
