/** Fixtures that other modules' tests stand on too: loops, listeners that record. */
@NullMarked
package dev.marrow.http;

import org.jspecify.annotations.NullMarked;
