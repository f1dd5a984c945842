/** Tests of HTTP/2 on the wire. */
@NullMarked
package dev.marrow.http.h2;

import org.jspecify.annotations.NullMarked;
