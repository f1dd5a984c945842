/**
 * The data path of a request: from the tunnel it arrives in ({@code Downstream}) through named
 * phases ({@code Exchange}) to the endpoint that answers it. Everything here is confined to one
 * event loop per connection.
 */
@NullMarked
package dev.marrow.waypoint.proxy;

import org.jspecify.annotations.NullMarked;
