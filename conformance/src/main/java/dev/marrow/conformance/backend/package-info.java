/** The kit's own application server behind the target: an oracle that says what really arrived. */
@NullMarked
package dev.marrow.conformance.backend;

import org.jspecify.annotations.NullMarked;
