package dev.marrow.controlplane.compile.route;

import dev.marrow.proto.waypoint.Destination;
import dev.marrow.resources.ObjectKey;

/** A destination and the Gateway whose waypoint gets it. */
public record BoundDestination(ObjectKey gateway, Destination destination) {}
