/** Rules about the code itself, checked on what was compiled. */
@NullMarked
package dev.marrow.it.architecture;

import org.jspecify.annotations.NullMarked;
