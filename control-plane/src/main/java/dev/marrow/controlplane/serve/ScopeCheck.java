package dev.marrow.controlplane.serve;

import dev.marrow.controlplane.authority.Caller;
import dev.marrow.controlplane.compile.Labels;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ResourceSnapshot;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Which Gateway's configuration a client may have: that whose account it has proven to be. A client
 * must be of the namespace that it says. Thread-safe.
 */
final class ScopeCheck {
  /** What came of it. */
  sealed interface Scope {
    record Granted(String scope) implements Scope {}

    record Refused(String reason) implements Scope {}
  }

  private final Supplier<ResourceSnapshot> objects;

  ScopeCheck(Supplier<ResourceSnapshot> objects) {
    this.objects = objects;
  }

  Scope check(ClientNode client, Caller caller) {
    if (!client.namespace().equals(caller.namespace())) {
      return new Scope.Refused(
          "node is of namespace '%s', the caller of '%s'"
              .formatted(client.namespace(), caller.namespace()));
    }
    if (!client.waypoint()) {
      return new Scope.Granted("");
    }
    ResourceSnapshot now = objects.get();
    String name = client.gateway().isEmpty() ? gatewayOf(client, now) : client.gateway();
    if (name.isEmpty()) {
      return new Scope.Refused("no Gateway: neither GATEWAY_NAME nor a labelled pod");
    }
    Optional<KubeObject> gateway = now.get("Gateway", client.namespace(), name);
    if (gateway.isEmpty()) {
      return new Scope.Refused("no Gateway %s/%s".formatted(client.namespace(), name));
    }
    String account = gateway.get().annotations().getOrDefault(Labels.SERVICE_ACCOUNT, name);
    return account.equals(caller.serviceAccount())
        ? new Scope.Granted(client.namespace() + "/" + name)
        : new Scope.Refused(
            "%s is not the account of Gateway %s/%s"
                .formatted(caller.account(), client.namespace(), name));
  }

  private static String gatewayOf(ClientNode client, ResourceSnapshot now) {
    return client.pod().isEmpty()
        ? ""
        : now.get("Pod", client.namespace(), client.pod())
            .map(pod -> pod.labels().getOrDefault(Labels.GATEWAY_NAME, ""))
            .orElse("");
  }
}
