/** Tests of tunnels, and the fixtures other modules' tests stand on. */
@NullMarked
package dev.marrow.hbone;

import org.jspecify.annotations.NullMarked;
