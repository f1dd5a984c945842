/** HTTP/2 on the wire (RFC 9113, RFC 7541): frames, HPACK, flow control, abuse limits. */
@NullMarked
package dev.marrow.http.h2;

import org.jspecify.annotations.NullMarked;
