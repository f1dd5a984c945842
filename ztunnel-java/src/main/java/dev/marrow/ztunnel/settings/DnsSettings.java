package dev.marrow.ztunnel.settings;

/** The DNS proxy. */
public record DnsSettings(boolean enabled, HostPort address) {}
