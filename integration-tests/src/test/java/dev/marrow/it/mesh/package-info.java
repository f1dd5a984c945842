/** The whole mesh: real processes, real namespaces, real certificates, one command. */
@NullMarked
package dev.marrow.it.mesh;

import org.jspecify.annotations.NullMarked;
