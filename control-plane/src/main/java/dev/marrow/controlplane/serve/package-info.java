/** Delta ADS: who asks for what, and what they still have to hear. */
@NullMarked
package dev.marrow.controlplane.serve;

import org.jspecify.annotations.NullMarked;
