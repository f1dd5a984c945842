/** One record per request or connection, and what becomes of it: metrics and the access log. */
@NullMarked
package dev.marrow.waypoint.report;

import org.jspecify.annotations.NullMarked;
