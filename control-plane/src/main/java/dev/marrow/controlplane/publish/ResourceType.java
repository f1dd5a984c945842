package dev.marrow.controlplane.publish;

import java.util.Arrays;
import java.util.Optional;

/** What is served over ADS, in the order in which changes of several types are sent. */
public enum ResourceType {
  // Rules go out before the addresses that refer to them: the other way round something would be
  // reachable for a moment without its rules.
  DESTINATION("marrow.waypoint.v1alpha1.Destination"),
  AUTHORIZATION("istio.security.Authorization"),
  ADDRESS("istio.workload.Address"),
  /** The workloads among the addresses, for clients that ask for nothing else. */
  WORKLOAD("istio.workload.Workload");

  private final String typeUrl;

  ResourceType(String message) {
    this.typeUrl = "type.googleapis.com/" + message;
  }

  public String typeUrl() {
    return typeUrl;
  }

  public static Optional<ResourceType> of(String typeUrl) {
    return Arrays.stream(values()).filter(type -> type.typeUrl.equals(typeUrl)).findFirst();
  }
}
