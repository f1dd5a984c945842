package dev.marrow.mesh.xds;

import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.marrow.proto.core.Node;
import dev.marrow.proto.discovery.DeltaDiscoveryRequest;
import dev.marrow.proto.discovery.DeltaDiscoveryResponse;
import dev.marrow.proto.discovery.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client has of one type, over all its streams: the versions it accepted and, on demand, the
 * names it asked for. Confined to the client's thread.
 */
final class AdsType {
  private static final Logger LOG = LoggerFactory.getLogger(AdsType.class);
  private static final String EVERYTHING = "*";
  private static final int REASONS_SHOWN = 20;

  /** No server's version; the empty one would mean a name that was asked for. */
  private static final String NO_VERSION = "rejected";

  private final ResourceHandler handler;
  private final Map<String, String> versions = new HashMap<>();
  private final Set<String> names = new LinkedHashSet<>();
  private boolean ready;

  AdsType(ResourceHandler handler) {
    this.handler = handler;
  }

  String url() {
    return handler.typeUrl();
  }

  boolean ready() {
    return ready;
  }

  /** The first request of a stream. It lists what we have, so that only the rest is sent. */
  DeltaDiscoveryRequest first(Node node) {
    DeltaDiscoveryRequest.Builder request =
        DeltaDiscoveryRequest.newBuilder()
            .setNode(node)
            .setTypeUrl(url())
            .putAllInitialResourceVersions(versions);
    if (handler.onDemand()) {
      // Both at once: a stream for names only, of which there may be none yet.
      request
          .addResourceNamesSubscribe(EVERYTHING)
          .addAllResourceNamesSubscribe(names)
          .addResourceNamesUnsubscribe(EVERYTHING);
    }
    return request.build();
  }

  /** The request for names that are not asked for yet, and against those that are. */
  DeltaDiscoveryRequest change(Set<String> more, Set<String> fewer) {
    Set<String> fresh = new HashSet<>(more);
    fresh.removeAll(names);
    Set<String> stale = new HashSet<>(fewer);
    stale.retainAll(names);
    names.removeAll(stale);
    names.addAll(fresh);
    return DeltaDiscoveryRequest.newBuilder()
        .setTypeUrl(url())
        .addAllResourceNamesSubscribe(fresh)
        .addAllResourceNamesUnsubscribe(stale)
        .build();
  }

  /** Versions of resources that were dropped here without the server removing them. */
  void forget(Set<String> resources) {
    versions.keySet().removeAll(resources);
  }

  /** Hands the response to its handler and answers it: ACK, or NACK with every reason. */
  DeltaDiscoveryRequest answer(DeltaDiscoveryResponse response) {
    List<Rejection> rejections = apply(response);
    Set<String> rejected =
        rejections.stream().map(Rejection::name).collect(Collectors.toUnmodifiableSet());
    response.getRemovedResourcesList().forEach(versions::remove);
    for (Resource resource : response.getResourcesList()) {
      // A version that was rejected is not ours: on the next stream it comes again. Its name is
      // listed nevertheless, or nobody would tell us that it went while we were away: what denies
      // in place of an unreadable policy would do so for ever.
      if (rejected.contains(resource.getName())) {
        versions.putIfAbsent(resource.getName(), NO_VERSION);
      } else {
        versions.put(resource.getName(), resource.getVersion());
      }
    }
    becomeReady(response.getResourcesCount(), rejected.size());
    DeltaDiscoveryRequest.Builder answer =
        DeltaDiscoveryRequest.newBuilder().setTypeUrl(url()).setResponseNonce(response.getNonce());
    if (!rejections.isEmpty()) {
      answer.setErrorDetail(nack(rejections));
    }
    return answer.build();
  }

  private List<Rejection> apply(DeltaDiscoveryResponse response) {
    List<Rejection> rejections = new ArrayList<>();
    List<AdsResource> changed = new ArrayList<>(response.getResourcesCount());
    for (Resource resource : response.getResourcesList()) {
      String type = resource.getResource().getTypeUrl();
      if (type.equals(url())) {
        changed.add(
            new AdsResource(
                resource.getName(),
                resource.getAliasesList(),
                resource.getVersion(),
                resource.getResource().getValue()));
      } else {
        rejections.add(
            new Rejection(resource.getName(), "type: '%s' (expected: %s)".formatted(type, url())));
      }
    }
    try {
      rejections.addAll(handler.apply(changed, response.getRemovedResourcesList()));
    } catch (RuntimeException e) {
      LOG.error("handler of {} failed; {} resources rejected", url(), changed.size(), e);
      changed.forEach(resource -> rejections.add(new Rejection(resource.name(), e.toString())));
    }
    return rejections;
  }

  // One bad resource must not keep the proxy from serving; a response of nothing else does.
  private void becomeReady(int resources, int rejected) {
    if (!ready && (resources == 0 || rejected < resources)) {
      ready = true;
      handler.onReady();
    }
  }

  private Status nack(List<Rejection> rejections) {
    String reasons =
        rejections.stream()
            .limit(REASONS_SHOWN)
            .map(rejection -> rejection.name() + ": " + rejection.reason())
            .collect(Collectors.joining("; "));
    int more = rejections.size() - REASONS_SHOWN;
    String message = more > 0 ? "%s; and %d more".formatted(reasons, more) : reasons;
    LOG.warn("rejected {} resources of {}: {}", rejections.size(), url(), message);
    return Status.newBuilder().setCode(Code.INVALID_ARGUMENT_VALUE).setMessage(message).build();
  }
}
