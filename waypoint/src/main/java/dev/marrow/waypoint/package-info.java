/** The L7 proxy: {@code Main}, and all wiring by hand in {@code Waypoint}. */
@NullMarked
package dev.marrow.waypoint;

import org.jspecify.annotations.NullMarked;
