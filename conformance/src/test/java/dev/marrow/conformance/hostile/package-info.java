@NullMarked
package dev.marrow.conformance.hostile;

import org.jspecify.annotations.NullMarked;
