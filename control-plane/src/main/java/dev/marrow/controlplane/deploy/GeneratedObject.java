package dev.marrow.controlplane.deploy;

import dev.marrow.resources.ObjectKey;
import tools.jackson.databind.JsonNode;

/** An object that the control plane wants to be there. */
public record GeneratedObject(ObjectKey key, JsonNode content) {}
