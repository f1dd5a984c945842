/** The environment, as values. */
@NullMarked
package dev.marrow.nodeagent.settings;

import org.jspecify.annotations.NullMarked;
