@NullMarked
package dev.marrow.cli.conformance;

import org.jspecify.annotations.NullMarked;
