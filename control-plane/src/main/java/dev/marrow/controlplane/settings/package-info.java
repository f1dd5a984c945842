/** The environment, read once and checked as a whole. */
@NullMarked
package dev.marrow.controlplane.settings;

import org.jspecify.annotations.NullMarked;
