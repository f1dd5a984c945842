/** The node proxy: the program and its wiring. */
@NullMarked
package dev.marrow.ztunnel;

import org.jspecify.annotations.NullMarked;
