/** The Deployment, Service and account that a waypoint's Gateway stands for. */
@NullMarked
package dev.marrow.controlplane.deploy;

import org.jspecify.annotations.NullMarked;
