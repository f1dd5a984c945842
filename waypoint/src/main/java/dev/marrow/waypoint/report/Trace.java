package dev.marrow.waypoint.report;

import dev.marrow.hbone.TraceParent;

/**
 * A request's place in a trace: our span, and the client's above it.
 *
 * @param own what the endpoint is told; {@link TraceParent#NONE}: the request is not traced
 * @param parentSpan 16 hexadecimal digits; "" if the trace begins here
 */
public record Trace(TraceParent own, String parentSpan) {
  public static final Trace NONE = new Trace(TraceParent.NONE, "");

  public boolean present() {
    return own.present();
  }

  public boolean sampled() {
    return own.sampled();
  }

  public String traceId() {
    return own.traceId();
  }
}
