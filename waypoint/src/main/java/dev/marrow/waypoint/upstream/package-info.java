/** Connections to endpoints, and the choice among endpoints. Confined to one event loop. */
@NullMarked
package dev.marrow.waypoint.upstream;

import org.jspecify.annotations.NullMarked;
