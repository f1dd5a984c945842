/** Authorization at L4: policies as values, and their evaluation, pure. */
@NullMarked
package dev.marrow.mesh.policy;

import org.jspecify.annotations.NullMarked;
