/** Tests of header compression. */
@NullMarked
package dev.marrow.http.hpack;

import org.jspecify.annotations.NullMarked;
