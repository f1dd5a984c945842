/** What the control plane says about the objects it was given. */
@NullMarked
package dev.marrow.controlplane.status;

import org.jspecify.annotations.NullMarked;
