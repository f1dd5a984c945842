/** The mesh from a local YAML or JSON file, and back to that shape. */
@NullMarked
package dev.marrow.mesh.file;

import org.jspecify.annotations.NullMarked;
