@NullMarked
package dev.marrow.waypoint.tap;

import org.jspecify.annotations.NullMarked;
