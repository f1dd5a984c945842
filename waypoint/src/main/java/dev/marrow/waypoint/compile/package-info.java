/**
 * Turns what the control plane says into values, and refuses what it does not understand. Messages
 * of the wire stop here.
 */
@NullMarked
package dev.marrow.waypoint.compile;

import org.jspecify.annotations.NullMarked;
