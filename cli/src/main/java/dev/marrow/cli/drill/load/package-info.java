/** The load of a drill: open loop, checked by content, measured from the moment it was due. */
@NullMarked
package dev.marrow.cli.drill.load;

import org.jspecify.annotations.NullMarked;
