/** Starting, watching, restarting and stopping the processes of the local mesh. */
@NullMarked
package dev.marrow.cli.local.process;

import org.jspecify.annotations.NullMarked;
