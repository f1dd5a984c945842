package dev.marrow.mesh.policy;

/** A service account, in any trust domain. */
public record AccountMatch(String namespace, String serviceAccount) {}
