/** What a run found, for people and for machines. */
@NullMarked
package dev.marrow.conformance.report;

import org.jspecify.annotations.NullMarked;
