/** Compiled resources by name and version, and who has to hear of a change. */
@NullMarked
package dev.marrow.controlplane.publish;

import org.jspecify.annotations.NullMarked;
