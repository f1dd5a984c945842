@NullMarked
package dev.marrow.waypoint.settings;

import org.jspecify.annotations.NullMarked;
