/** Test suites of others, run against a target through the kit's own mutual TLS. */
@NullMarked
package dev.marrow.conformance.suite;

import org.jspecify.annotations.NullMarked;
