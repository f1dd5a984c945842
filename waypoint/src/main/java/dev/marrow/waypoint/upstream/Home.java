package dev.marrow.waypoint.upstream;

import dev.marrow.http.ByteBudget;
import io.netty.channel.EventLoop;

/**
 * Where connections live.
 *
 * @param budget of the bytes that are received on this loop and not yet passed on
 */
public record Home(EventLoop loop, ByteBudget budget) {}
