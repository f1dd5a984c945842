/** Readiness, metrics, config dump and log levels: what operators look at, beside the data path. */
@NullMarked
package dev.marrow.waypoint.admin;

import org.jspecify.annotations.NullMarked;
