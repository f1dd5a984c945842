/** One class per command. */
@NullMarked
package dev.marrow.cli.command;

import org.jspecify.annotations.NullMarked;
