/** What a control plane does on a cluster beside compiling: lead, keep keys, ask, write. */
@NullMarked
package dev.marrow.controlplane.cluster;

import org.jspecify.annotations.NullMarked;
