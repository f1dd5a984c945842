/** What the environment asks for, as records: read and checked whole before any port opens. */
@NullMarked
package dev.marrow.ztunnel.settings;

import org.jspecify.annotations.NullMarked;
