/**
 * Pods of a Kubernetes cluster: where they are watched, where their network is, where they are
 * marked.
 */
@NullMarked
package dev.marrow.nodeagent.kube;

import org.jspecify.annotations.NullMarked;
