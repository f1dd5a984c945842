/**
 * How applications' sockets reach us: pods announced by the node agent, sockets made inside a pod's
 * network namespace, and the destination an application meant.
 */
@NullMarked
package dev.marrow.ztunnel.capture;

import org.jspecify.annotations.NullMarked;
