@NullMarked
package dev.marrow.waypoint.route;

import org.jspecify.annotations.NullMarked;
