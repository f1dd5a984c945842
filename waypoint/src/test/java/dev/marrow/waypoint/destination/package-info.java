@NullMarked
package dev.marrow.waypoint.destination;

import org.jspecify.annotations.NullMarked;
