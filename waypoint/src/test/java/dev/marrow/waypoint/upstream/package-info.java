@NullMarked
package dev.marrow.waypoint.upstream;

import org.jspecify.annotations.NullMarked;
