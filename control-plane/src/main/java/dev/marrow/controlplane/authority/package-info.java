/** Who calls, and which certificates they may have. */
@NullMarked
package dev.marrow.controlplane.authority;

import org.jspecify.annotations.NullMarked;
