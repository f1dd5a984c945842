@NullMarked
package dev.marrow.conformance.junit;

import org.jspecify.annotations.NullMarked;
