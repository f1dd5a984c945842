/** Which rule a request is handled by, and what that rule says; pure, without Netty. */
@NullMarked
package dev.marrow.waypoint.route;

import org.jspecify.annotations.NullMarked;
