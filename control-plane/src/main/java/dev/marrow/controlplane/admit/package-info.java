/** Lets in what can be understood; of what cannot, the last good version stays. */
@NullMarked
package dev.marrow.controlplane.admit;

import org.jspecify.annotations.NullMarked;
