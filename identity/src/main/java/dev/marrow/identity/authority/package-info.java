/** The embedded certificate authority: a root and an intermediate in a directory. */
@NullMarked
package dev.marrow.identity.authority;

import org.jspecify.annotations.NullMarked;
