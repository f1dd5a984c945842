/** What became of drills, for people and for machines. */
@NullMarked
package dev.marrow.cli.drill.report;

import org.jspecify.annotations.NullMarked;
