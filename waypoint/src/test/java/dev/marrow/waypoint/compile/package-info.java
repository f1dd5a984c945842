@NullMarked
package dev.marrow.waypoint.compile;

import org.jspecify.annotations.NullMarked;
