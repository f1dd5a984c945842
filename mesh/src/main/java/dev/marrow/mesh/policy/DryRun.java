package dev.marrow.mesh.policy;

/**
 * What a policy that is not enforced would have said.
 *
 * @param policy {@code namespace/name}
 * @param matched whether one of its rules matched
 */
public record DryRun(String policy, PolicyAction action, boolean matched) {}
