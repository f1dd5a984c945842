/** The kit as a server: what a client must refuse. */
@NullMarked
package dev.marrow.conformance.hostile;

import org.jspecify.annotations.NullMarked;
