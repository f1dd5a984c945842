/** The mesh on a Kubernetes cluster, as the command line sees it: the API server, and Helm. */
@NullMarked
package dev.marrow.cli.cluster;

import org.jspecify.annotations.NullMarked;
