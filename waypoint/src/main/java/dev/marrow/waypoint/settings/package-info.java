/** Environment and files become records here, before a port opens; all errors are told at once. */
@NullMarked
package dev.marrow.waypoint.settings;

import org.jspecify.annotations.NullMarked;
