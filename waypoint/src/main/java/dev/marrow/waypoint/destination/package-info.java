/** Everything the waypoint is told about what stands behind it, as immutable values. */
@NullMarked
package dev.marrow.waypoint.destination;

import org.jspecify.annotations.NullMarked;
