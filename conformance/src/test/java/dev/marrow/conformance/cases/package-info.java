@NullMarked
package dev.marrow.conformance.cases;

import org.jspecify.annotations.NullMarked;
