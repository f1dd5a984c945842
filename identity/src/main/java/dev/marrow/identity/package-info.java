/** Who I am and who you are: SPIFFE ids, certificates and trust, as values. */
@NullMarked
package dev.marrow.identity;

import org.jspecify.annotations.NullMarked;
