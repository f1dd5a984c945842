/** Rules that send a pod's traffic to the node proxy's listeners in that pod. */
@NullMarked
package dev.marrow.nodeagent.redirect;

import org.jspecify.annotations.NullMarked;
