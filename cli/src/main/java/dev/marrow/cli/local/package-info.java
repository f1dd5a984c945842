/**
 * The local mesh: real processes in network namespaces of one machine, described by a directory of
 * YAML.
 */
@NullMarked
package dev.marrow.cli.local;

import org.jspecify.annotations.NullMarked;
