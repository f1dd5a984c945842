/** Kubernetes objects and where they come from: a directory of YAML, or an API server. */
@NullMarked
package dev.marrow.resources;

import org.jspecify.annotations.NullMarked;
