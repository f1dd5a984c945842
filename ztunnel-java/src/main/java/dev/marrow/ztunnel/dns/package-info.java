/** Answers names of the mesh, and forwards the others. */
@NullMarked
package dev.marrow.ztunnel.dns;

import org.jspecify.annotations.NullMarked;
