/** Certificates taken back before their time. */
@NullMarked
package dev.marrow.identity.revocation;

import org.jspecify.annotations.NullMarked;
