/**
 * Words and shapes that all of the compiler shares: labels, selectors, strict reading of fields.
 */
@NullMarked
package dev.marrow.controlplane.compile;

import org.jspecify.annotations.NullMarked;
