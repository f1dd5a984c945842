package dev.marrow.conformance.run;

import dev.marrow.conformance.wire.Alert;
import java.time.Duration;
import java.util.Optional;

/**
 * What became of one try to reach the application through the target, seen from both ends.
 *
 * @param status of the CONNECT, if one came
 * @param echoed whether our nonce came back from the application: the only proof of acceptance
 *     under TLS 1.3
 * @param reachedApplication whether the application saw a connection during the try
 * @param closed whether the target ended the connection or the stream
 * @param alert the TLS alert that the target sent
 * @param how the last thing that happened, in words
 */
public record Attempt(
    Optional<Integer> status,
    boolean echoed,
    boolean reachedApplication,
    boolean closed,
    Optional<Alert> alert,
    String how,
    Duration took) {}
