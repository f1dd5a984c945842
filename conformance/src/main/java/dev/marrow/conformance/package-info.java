/** The conformance kit: cases, verdicts and what they are about. */
@NullMarked
package dev.marrow.conformance;

import org.jspecify.annotations.NullMarked;
