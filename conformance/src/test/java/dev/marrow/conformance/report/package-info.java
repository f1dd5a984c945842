@NullMarked
package dev.marrow.conformance.report;

import org.jspecify.annotations.NullMarked;
