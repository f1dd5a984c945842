/** Spans of sampled requests, and their way to a collector that speaks OTLP. */
@NullMarked
package dev.marrow.waypoint.trace;

import org.jspecify.annotations.NullMarked;
