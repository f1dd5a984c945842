/** Readiness, metrics and what an operator may look at. */
@NullMarked
package dev.marrow.controlplane.admin;

import org.jspecify.annotations.NullMarked;
