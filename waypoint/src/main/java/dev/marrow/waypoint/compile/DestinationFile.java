package dev.marrow.waypoint.compile;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.marrow.waypoint.destination.Destination;
import dev.marrow.waypoint.destination.Destinations;
import java.util.ArrayList;
import java.util.List;

/** Destinations written by hand, as protobuf's JSON. */
public final class DestinationFile {
  private DestinationFile() {}

  /** Fails with the reason of the first that is wrong; unknown keys are wrong. */
  public static Destinations parse(List<String> texts) {
    List<Destination> destinations = new ArrayList<>();
    for (String text : texts) {
      var message = dev.marrow.proto.waypoint.Destination.newBuilder();
      try {
        JsonFormat.parser().merge(text, message);
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalArgumentException("destination: " + e.getMessage(), e);
      }
      destinations.add(DestinationCompiler.compile(message.build()));
    }
    return Destinations.NONE.with(destinations, List.of());
  }
}
