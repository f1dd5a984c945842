/** HTTP/1 on the wire (RFC 9112): heads, bodies and connections of both roles, and their limits. */
@NullMarked
package dev.marrow.http.h1;

import org.jspecify.annotations.NullMarked;
