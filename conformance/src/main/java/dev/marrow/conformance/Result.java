package dev.marrow.conformance;

import dev.marrow.conformance.wire.Transcript;
import java.time.Duration;

/** A case that was run, with its evidence. */
public record Result(CaseInfo info, Verdict verdict, Duration took, Transcript transcript) {}
