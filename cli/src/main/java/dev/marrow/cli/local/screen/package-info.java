/** The live screen. */
@NullMarked
package dev.marrow.cli.local.screen;

import org.jspecify.annotations.NullMarked;
