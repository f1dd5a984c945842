@NullMarked
package dev.marrow.waypoint.report;

import org.jspecify.annotations.NullMarked;
