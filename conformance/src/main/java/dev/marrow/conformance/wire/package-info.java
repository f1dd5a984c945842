/** Bytes on the wire: TLS with every knob, HTTP/2 frames and HPACK by hand. No HTTP library. */
@NullMarked
package dev.marrow.conformance.wire;

import org.jspecify.annotations.NullMarked;
