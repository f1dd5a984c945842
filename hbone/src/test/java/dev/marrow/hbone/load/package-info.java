/** Load on a tunnel over loopback; run by hand. */
@NullMarked
package dev.marrow.hbone.load;

import org.jspecify.annotations.NullMarked;
