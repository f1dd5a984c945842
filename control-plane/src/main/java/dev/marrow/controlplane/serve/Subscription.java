package dev.marrow.controlplane.serve;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.marrow.controlplane.publish.Published;
import dev.marrow.controlplane.publish.ResourceId;
import dev.marrow.controlplane.publish.ResourceTables;
import dev.marrow.controlplane.publish.ResourceType;
import dev.marrow.proto.discovery.DeltaDiscoveryRequest;
import dev.marrow.proto.discovery.DeltaDiscoveryResponse;
import dev.marrow.proto.discovery.Resource;
import dev.marrow.proto.workload.Address;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one stream wants of one type and has not been sent yet. What waits is a set of names, looked
 * up when it is sent: a resource that changes ten times while the client is slow is sent once, as
 * it then is, and the queue is never longer than there are resources. Confined to the lock of its
 * stream.
 */
final class Subscription {
  private static final String WILDCARD = "*";

  private final ResourceTables tables;
  private final ResourceType type;
  private final String scope;
  private final String node;
  private final Set<String> waiting = new LinkedHashSet<>();
  private final Set<String> asked = new HashSet<>();
  // On demand only: what was sent, so that its change and its end can be sent too.
  private final Set<String> known = new HashSet<>();
  private boolean wildcard;
  private boolean answerEmpty;
  private boolean started;
  private String inFlight = "";

  /**
   * Starts empty.
   *
   * @param node whose workloads are sent without being asked for
   */
  Subscription(ResourceTables tables, ResourceType type, String scope, String node) {
    this.tables = tables;
    this.type = type;
    this.scope = scope;
    this.node = node;
  }

  /** Takes over what a request changes. An ACK or NACK alone changes nothing here. */
  void request(DeltaDiscoveryRequest request) {
    boolean first = !started;
    started = true;
    boolean names =
        request.getResourceNamesSubscribeCount() + request.getResourceNamesUnsubscribeCount() > 0;
    boolean wasWildcard = wildcard;
    if (first && !names) {
      wildcard = true;
    }
    for (String name : request.getResourceNamesSubscribeList()) {
      if (name.equals(WILDCARD)) {
        wildcard = true;
      } else if (asked.add(name) || !first) {
        demand(name);
      }
    }
    for (String name : request.getResourceNamesUnsubscribeList()) {
      if (name.equals(WILDCARD)) {
        wildcard = false;
      } else {
        asked.remove(name);
      }
    }
    if (wildcard && !wasWildcard) {
      waiting.addAll(tables.names(table(), scope));
      answerEmpty = true;
    } else if (first) {
      waiting.addAll(tables.workloadsOn(node));
      answerEmpty = true;
    }
    resume(request.getInitialResourceVersionsMap());
  }

  private void demand(String name) {
    Set<String> found =
        type == ResourceType.ADDRESS || type == ResourceType.WORKLOAD
            ? tables.addresses(name)
            : Set.of(name);
    waiting.addAll(found.isEmpty() ? Set.of(name) : found);
  }

  /**
   * Leaves out what the client still has from an earlier stream, and takes back what is gone. A
   * name without a version is one that it asked for then: perhaps it still waits for an answer, and
   * that there is no such resource would be a wrong one where the name is another's address.
   */
  private void resume(Map<String, String> versions) {
    versions.forEach((name, version) -> {
      Optional<Published> now = find(name);
      if (now.isEmpty()) {
        waiting.add(name);
      } else if (now.get().version().equals(version)) {
        waiting.remove(name);
      }
      if (!wildcard) {
        known.add(name);
      }
    });
    if (!wildcard) {
      versions.forEach((name, version) -> {
        if (version.isEmpty()) {
          askAgain(name);
        }
      });
    }
  }

  private void askAgain(String name) {
    known.remove(name);
    waiting.remove(name);
    asked.add(name);
    demand(name);
  }

  /** Hears of a change; returns true if it concerns this subscription. */
  boolean changed(ResourceId id) {
    if (id.type() != table() || !id.scope().equals(scope)) {
      return false;
    }
    if (!wildcard && !demanded(id)) {
      return false;
    }
    return waiting.add(id.name());
  }

  private boolean demanded(ResourceId id) {
    if (asked.contains(id.name()) || known.contains(id.name())) {
      return true;
    }
    Optional<Published> now = tables.get(id);
    return now.isPresent()
        && (!node.isEmpty() && now.get().node().equals(node)
            || now.get().aliases().stream().anyMatch(asked::contains)
            || now.get().services().stream().anyMatch(s -> asked.contains(s) || known.contains(s)));
  }

  /**
   * The next response, if there is something to say and the client has answered the last one.
   *
   * @param withRemovals whether what is gone may be said now; else it goes on waiting
   */
  Optional<DeltaDiscoveryResponse> next(String nonce, boolean withRemovals) {
    if (!inFlight.isEmpty() || waiting.isEmpty() && !answerEmpty) {
      return Optional.empty();
    }
    DeltaDiscoveryResponse.Builder response =
        DeltaDiscoveryResponse.newBuilder().setTypeUrl(type.typeUrl()).setNonce(nonce);
    Set<String> later = new LinkedHashSet<>();
    for (String name : waiting) {
      Optional<Published> found = find(name);
      if (found.isPresent()) {
        resource(found.get()).ifPresent(response::addResources);
      } else if (withRemovals) {
        response.addRemovedResources(name);
      } else {
        later.add(name);
        continue;
      }
      remember(name);
    }
    if (later.size() == waiting.size() && !answerEmpty) {
      return Optional.empty();
    }
    waiting.retainAll(later);
    answerEmpty = false;
    inFlight = nonce;
    return Optional.of(response.build());
  }

  private void remember(String name) {
    if (wildcard) {
      known.clear();
    } else if (find(name).isPresent()) {
      known.add(name);
    } else {
      known.remove(name);
    }
  }

  private ResourceType table() {
    return type == ResourceType.WORKLOAD ? ResourceType.ADDRESS : type;
  }

  private Optional<Published> find(String name) {
    return tables.get(new ResourceId(table(), scope, name));
  }

  private Optional<Resource> resource(Published published) {
    Message message = published.message();
    if (type == ResourceType.WORKLOAD) {
      if (!(message instanceof Address address) || !address.hasWorkload()) {
        return Optional.empty();
      }
      message = address.getWorkload();
    }
    return Optional.of(
        Resource.newBuilder()
            .setName(published.id().name())
            .setVersion(published.version())
            .addAllAliases(published.aliases())
            .setResource(
                Any.newBuilder().setTypeUrl(type.typeUrl()).setValue(message.toByteString()))
            .build());
  }

  /** Hears the answer to a response; returns true if it is to the last one. */
  boolean answered(String nonce) {
    boolean last = nonce.equals(inFlight);
    if (last) {
      inFlight = "";
    }
    return last;
  }

  boolean heard() {
    return waiting.isEmpty() && inFlight.isEmpty();
  }

  int asked() {
    return asked.size();
  }

  int waiting() {
    return waiting.size();
  }
}
