/** Peers that nobody of us wrote: Apache httpd, nghttpx, openssl. */
@NullMarked
package dev.marrow.it.foreign;

import org.jspecify.annotations.NullMarked;
