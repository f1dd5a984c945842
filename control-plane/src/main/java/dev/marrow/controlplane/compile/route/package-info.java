/** Routes, policies and traffic settings to what waypoints do. */
@NullMarked
package dev.marrow.controlplane.compile.route;

import org.jspecify.annotations.NullMarked;
