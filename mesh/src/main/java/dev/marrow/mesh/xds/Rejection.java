package dev.marrow.mesh.xds;

/** A resource that was not accepted. The reasons of a response are joined in its NACK. */
public record Rejection(String name, String reason) {}
