/** The control plane: the program and how its parts are put together. */
@NullMarked
package dev.marrow.controlplane;

import org.jspecify.annotations.NullMarked;
