/** Mutual TLS between workloads for Netty: who is let in is decided inside the handshake. */
@NullMarked
package dev.marrow.identity.tls;

import org.jspecify.annotations.NullMarked;
