/** What rules do to requests besides forwarding them, as far as it needs memory or care. */
@NullMarked
package dev.marrow.waypoint.filter;

import org.jspecify.annotations.NullMarked;
