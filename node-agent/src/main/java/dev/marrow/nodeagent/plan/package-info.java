/** Which pods are to be in the mesh, and how. Pure. */
@NullMarked
package dev.marrow.nodeagent.plan;

import org.jspecify.annotations.NullMarked;
