@NullMarked
package dev.marrow.waypoint;

import org.jspecify.annotations.NullMarked;
