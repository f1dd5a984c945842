package dev.marrow.ztunnel.report;

/** A service as logs and metrics show it; empty when none was addressed. */
public record ServiceName(String host, String namespace, String name) {
  public static final ServiceName NONE = new ServiceName("", "", "");
}
