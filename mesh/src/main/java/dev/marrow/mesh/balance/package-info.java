/** Picks an endpoint of a service: locality, weight, health; pure. */
@NullMarked
package dev.marrow.mesh.balance;

import org.jspecify.annotations.NullMarked;
