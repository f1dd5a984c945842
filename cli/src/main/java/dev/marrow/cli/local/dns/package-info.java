/** A small name server for the names of the local mesh. */
@NullMarked
package dev.marrow.cli.local.dns;

import org.jspecify.annotations.NullMarked;
