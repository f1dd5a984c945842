/** The drills. */
@NullMarked
package dev.marrow.cli.drill.cases;

import org.jspecify.annotations.NullMarked;
