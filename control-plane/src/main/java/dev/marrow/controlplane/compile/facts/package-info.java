/** What pods and services say about themselves, before anything is decided about them. */
@NullMarked
package dev.marrow.controlplane.compile.facts;

import org.jspecify.annotations.NullMarked;
