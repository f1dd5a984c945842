package dev.marrow.waypoint.compile;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.marrow.mesh.xds.AdsResource;
import dev.marrow.mesh.xds.Rejection;
import dev.marrow.mesh.xds.ResourceHandler;
import dev.marrow.waypoint.destination.Destination;
import dev.marrow.waypoint.destination.Destinations;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The destinations as the control plane tells them. One that is not understood is rejected alone:
 * its last good version stays, and where there is none, nothing is found and traffic is refused.
 * Thread-safe: written by the client's thread, read by any.
 */
public final class DestinationSubscription implements ResourceHandler, Supplier<Destinations> {
  public static final String TYPE_URL = "type.googleapis.com/marrow.waypoint.v1alpha1.Destination";

  private volatile Destinations current = Destinations.NONE;

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
    current = current.with(accepted, removed);
    return rejections;
  }

  @Override
  public Destinations get() {
    return current;
  }
}
