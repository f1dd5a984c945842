/** An API server as a source of objects: listed page by page, then watched. */
@NullMarked
package dev.marrow.resources.kubernetes;

import org.jspecify.annotations.NullMarked;
