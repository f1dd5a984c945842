/** Tells the node proxies of this node about pods. */
@NullMarked
package dev.marrow.nodeagent.zds;

import org.jspecify.annotations.NullMarked;
