@NullMarked
package dev.marrow.conformance.command;

import org.jspecify.annotations.NullMarked;
