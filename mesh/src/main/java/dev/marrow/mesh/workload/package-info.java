/** Workloads, services and addresses, as values. */
@NullMarked
package dev.marrow.mesh.workload;

import org.jspecify.annotations.NullMarked;
