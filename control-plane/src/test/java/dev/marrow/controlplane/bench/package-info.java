/**
 * How the control plane does in a large cluster. Not tests: {@code bench/control-plane/bench.sh}
 * runs them.
 */
package dev.marrow.controlplane.bench;
