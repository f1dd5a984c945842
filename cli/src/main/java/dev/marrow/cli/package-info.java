/** The marrow command line. */
@NullMarked
package dev.marrow.cli;

import org.jspecify.annotations.NullMarked;
