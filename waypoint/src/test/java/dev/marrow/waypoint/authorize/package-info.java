@NullMarked
package dev.marrow.waypoint.authorize;

import org.jspecify.annotations.NullMarked;
