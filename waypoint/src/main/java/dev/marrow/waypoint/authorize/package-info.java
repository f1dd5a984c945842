/** Whether a request may go on: Istio's AuthorizationPolicy in full; pure, without Netty. */
@NullMarked
package dev.marrow.waypoint.authorize;

import org.jspecify.annotations.NullMarked;
