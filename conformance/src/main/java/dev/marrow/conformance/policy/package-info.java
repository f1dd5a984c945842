/** Authorization policies as values, what they mean, and how others write them. */
@NullMarked
package dev.marrow.conformance.policy;

import org.jspecify.annotations.NullMarked;
