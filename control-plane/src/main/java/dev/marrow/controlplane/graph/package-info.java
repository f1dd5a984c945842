/** Remembered answers: what depends on a changed object is computed again, and nothing else. */
@NullMarked
package dev.marrow.controlplane.graph;

import org.jspecify.annotations.NullMarked;
