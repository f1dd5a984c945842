/** Certificates, the right ones and every kind of wrong one. */
@NullMarked
package dev.marrow.conformance.mint;

import org.jspecify.annotations.NullMarked;
