/** The delta-ADS client that produces the next view; protobuf types stop here. */
@NullMarked
package dev.marrow.mesh.xds;

import org.jspecify.annotations.NullMarked;
