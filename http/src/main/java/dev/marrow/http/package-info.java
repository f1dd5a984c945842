/** What HTTP/1 and HTTP/2 share: byte streams and header fields. Knows nothing of meshes. */
@NullMarked
package dev.marrow.http;

import org.jspecify.annotations.NullMarked;
