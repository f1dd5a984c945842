/** Changes to the user's YAML that keep comments and layout. */
@NullMarked
package dev.marrow.cli.edit;

import org.jspecify.annotations.NullMarked;
