package dev.marrow.waypoint.report;

/** Why a request did not go as its client hoped, in the letters that Envoy's users know. */
public enum Flag {
  /** No endpoint that could be used. */
  UH("no_healthy_upstream"),
  /** The endpoint could not be connected to. */
  UF("upstream_connection_failure"),
  /** The endpoint's connection ended before its response. */
  UC("upstream_connection_termination"),
  /** The endpoint reset the stream. */
  UR("upstream_remote_reset"),
  /** A limit on connections or requests was reached. */
  UO("upstream_overflow"),
  /** Too slow: the request's, or an attempt's, time was over. */
  UT("upstream_response_timeout"),
  /** All attempts failed. */
  URX("upstream_retry_limit_exceeded"),
  /** The endpoint broke the protocol. */
  UPE("upstream_protocol_error"),
  /** No rule matches. */
  NR("route_not_found"),
  /** The rule's backend does not exist. */
  NC("cluster_not_found"),
  /** The client left. */
  DC("downstream_disconnect"),
  /** The client broke the protocol. */
  DPE("downstream_protocol_error"),
  /** Nothing moved for too long. */
  SI("stream_idle_timeout"),
  /** Not allowed to come so often. */
  RL("rate_limited"),
  /** Refused by policy, by a token, or by somebody who was asked. */
  UAEX("unauthorized"),
  /** A failure made on purpose. */
  FI("fault_abort"),
  /** A delay made on purpose. */
  DI("fault_delay"),
  /** Nothing is known about the destination, or not yet. */
  NFCF("no_destination"),
  /** A mistake of ours. */
  LR("local_error");

  private final String meaning;

  Flag(String meaning) {
    this.meaning = meaning;
  }

  public String meaning() {
    return meaning;
  }
}
