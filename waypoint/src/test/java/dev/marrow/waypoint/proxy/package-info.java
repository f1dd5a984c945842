@NullMarked
package dev.marrow.waypoint.proxy;

import org.jspecify.annotations.NullMarked;
