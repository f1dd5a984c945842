@NullMarked
package dev.marrow.waypoint.admin;

import org.jspecify.annotations.NullMarked;
