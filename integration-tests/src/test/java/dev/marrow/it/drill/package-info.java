/** Drills, done for real. */
@NullMarked
package dev.marrow.it.drill;

import org.jspecify.annotations.NullMarked;
