/** What the mesh looks like: an immutable snapshot, its lookups, and who publishes the next one. */
@NullMarked
package dev.marrow.mesh;

import org.jspecify.annotations.NullMarked;
