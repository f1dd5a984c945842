/** Readiness and metrics. */
@NullMarked
package dev.marrow.nodeagent.admin;

import org.jspecify.annotations.NullMarked;
