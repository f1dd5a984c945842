package dev.marrow.waypoint.compile;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.marrow.mesh.xds.AdsResource;
import dev.marrow.mesh.xds.Rejection;
import dev.marrow.mesh.xds.ResourceHandler;
import dev.marrow.waypoint.destination.Destination;
import dev.marrow.waypoint.destination.Destinations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The destinations as the control plane tells them. One that is not understood is rejected alone:
 * its last good version stays, and where there is none, nothing is found and traffic is refused.
 * One that is bound to us no more is served for a moment longer, because node proxies hear of it at
 * another time than we do, and connections through us are open. Thread-safe: written by the
 * client's thread, read by any.
 */
public final class DestinationSubscription implements ResourceHandler, Supplier<Destinations> {
  public static final String TYPE_URL = "type.googleapis.com/marrow.waypoint.v1alpha1.Destination";

  private static final Duration LINGER = Duration.ofSeconds(10);

  private final Consumer<Runnable> afterAMoment;

  /** What is bound no more, with the removal that has to end it. Guarded by this. */
  private final Map<String, Object> leaving = new HashMap<>();

  private volatile Destinations current = Destinations.NONE;

  public DestinationSubscription() {
    this(CompletableFuture.delayedExecutor(LINGER.toSeconds(), TimeUnit.SECONDS)::execute);
  }

  /**
   * For tests.
   *
   * @param afterAMoment runs a task later
   */
  DestinationSubscription(Consumer<Runnable> afterAMoment) {
    this.afterAMoment = afterAMoment;
  }

  @Override
  public String typeUrl() {
    return TYPE_URL;
  }

  @Override
  public List<Rejection> apply(List<AdsResource> changed, List<String> removed) {
    List<Destination> accepted = new ArrayList<>();
    List<Rejection> rejections = new ArrayList<>();
    for (AdsResource resource : changed) {
      try {
        var message = dev.marrow.proto.waypoint.Destination.parseFrom(resource.value());
        Destination destination = DestinationCompiler.compile(message);
        String name = destination.target().resourceName();
        if (!name.equals(resource.name())) {
          throw Values.wrong("resource name", resource.name(), name);
        }
        accepted.add(destination);
      } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
        rejections.add(new Rejection(resource.name(), String.valueOf(e.getMessage())));
      }
    }
    accept(accepted, removed);
    return rejections;
  }

  private synchronized void accept(List<Destination> accepted, List<String> removed) {
    accepted.forEach(destination -> leaving.remove(destination.target().resourceName()));
    current = current.with(accepted, List.of());
    if (!removed.isEmpty()) {
      Object removal = new Object();
      removed.forEach(name -> leaving.put(name, removal));
      afterAMoment.accept(() -> forget(removal));
    }
  }

  /** Ends what was removed then and has not come back since. */
  private synchronized void forget(Object removal) {
    List<String> gone =
        leaving.keySet().stream().filter(name -> leaving.get(name) == removal).toList();
    gone.forEach(leaving::remove);
    current = current.with(List.of(), gone);
  }

  @Override
  public Destinations get() {
    return current;
  }
}
