/** Ways to break a mesh, each undone when closed. */
@NullMarked
package dev.marrow.cli.drill.fault;

import org.jspecify.annotations.NullMarked;
