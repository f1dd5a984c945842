/** Header compression of HTTP/2 (RFC 7541) on byte arrays, without garbage in steady state. */
@NullMarked
package dev.marrow.http.hpack;

import org.jspecify.annotations.NullMarked;
