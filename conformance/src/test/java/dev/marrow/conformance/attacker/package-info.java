@NullMarked
package dev.marrow.conformance.attacker;

import org.jspecify.annotations.NullMarked;
