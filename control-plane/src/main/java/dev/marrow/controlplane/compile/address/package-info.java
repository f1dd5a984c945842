/** Pods, services and entries to WDS. */
@NullMarked
package dev.marrow.controlplane.compile.address;

import org.jspecify.annotations.NullMarked;
