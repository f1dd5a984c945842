/** The chained CNI plugin: putting it on the node, answering it, taking it away. */
@NullMarked
package dev.marrow.nodeagent.cni;

import org.jspecify.annotations.NullMarked;
