/** The cases as tests of JUnit, for somebody's own endpoint. */
@NullMarked
package dev.marrow.conformance.junit;

import org.jspecify.annotations.NullMarked;
