/**
 * What a node proxy that is not ours says to the control plane: recorded once, replayed ever after.
 */
@org.jspecify.annotations.NullMarked
package dev.marrow.controlplane.foreign;
