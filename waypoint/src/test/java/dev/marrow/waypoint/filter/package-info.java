@NullMarked
package dev.marrow.waypoint.filter;

import org.jspecify.annotations.NullMarked;
