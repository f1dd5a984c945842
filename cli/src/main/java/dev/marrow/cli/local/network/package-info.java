/** Network namespaces, service addresses and names of the local mesh. */
@NullMarked
package dev.marrow.cli.local.network;

import org.jspecify.annotations.NullMarked;
