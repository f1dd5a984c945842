/** What the local mesh keeps in its state directory. */
@NullMarked
package dev.marrow.cli.local.state;

import org.jspecify.annotations.NullMarked;
