/** Faults on purpose, with real processes and namespaces, and whether anybody noticed. */
@NullMarked
package dev.marrow.cli.drill;

import org.jspecify.annotations.NullMarked;
