/** {@code marrow drill}. */
@NullMarked
package dev.marrow.cli.drill.command;

import org.jspecify.annotations.NullMarked;
