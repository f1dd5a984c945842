package dev.marrow.controlplane.publish;

/**
 * What a resource is known by.
 *
 * @param scope who may see it: empty for everybody, else {@code namespace/gateway}
 */
public record ResourceId(ResourceType type, String scope, String name) {}
