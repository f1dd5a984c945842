/** Which waypoint is in front of what. */
@NullMarked
package dev.marrow.controlplane.compile.binding;

import org.jspecify.annotations.NullMarked;
