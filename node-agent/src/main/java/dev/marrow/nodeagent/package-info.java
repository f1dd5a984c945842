/** The node agent: brings the pods of one node into the mesh and lets them go again. */
@NullMarked
package dev.marrow.nodeagent;

import org.jspecify.annotations.NullMarked;
