package dev.marrow.conformance.junit;

import dev.marrow.conformance.backend.Backend;
import dev.marrow.conformance.run.Credentials;
import dev.marrow.conformance.run.Target;

/** The endpoint that {@link HbonePeer} judges, with what the kit needs for it. */
public record PeerUnderTest(Target target, Credentials credentials, Backend backend) {}
