/** What operators ask a running proxy: readiness, metrics, the dump, levels, profiles. */
@NullMarked
package dev.marrow.ztunnel.admin;

import org.jspecify.annotations.NullMarked;
