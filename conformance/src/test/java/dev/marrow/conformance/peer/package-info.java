/** A small HBONE server that does everything right, and can be told to do one thing wrong. */
@NullMarked
package dev.marrow.conformance.peer;

import org.jspecify.annotations.NullMarked;
