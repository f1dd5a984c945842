/** Starts our own proxies for the conformance kit. */
@NullMarked
package dev.marrow.cli.conformance;

import org.jspecify.annotations.NullMarked;
