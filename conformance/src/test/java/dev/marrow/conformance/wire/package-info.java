@NullMarked
package dev.marrow.conformance.wire;

import org.jspecify.annotations.NullMarked;
