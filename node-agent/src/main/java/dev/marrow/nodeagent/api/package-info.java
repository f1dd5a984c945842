/**
 * A plain client of the API server, of what an agent needs: the JDK's HTTP and no model of the
 * objects, because one runs on every node.
 */
@NullMarked
package dev.marrow.nodeagent.api;

import org.jspecify.annotations.NullMarked;
