/**
 * The mesh on a Kubernetes cluster: charts, images, agents, the whole. Run by {@code ./marrow test
 * --kubernetes}.
 */
@NullMarked
package dev.marrow.it.kubernetes;

import org.jspecify.annotations.NullMarked;
