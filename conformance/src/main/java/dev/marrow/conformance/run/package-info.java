/** Runs cases: credentials, attempts, judgement, order, progress. */
@NullMarked
package dev.marrow.conformance.run;

import org.jspecify.annotations.NullMarked;
