/** A live look at requests, for operators: bounded, sampled, without bodies and secrets. */
@NullMarked
package dev.marrow.waypoint.tap;

import org.jspecify.annotations.NullMarked;
