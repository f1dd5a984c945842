package dev.marrow.controlplane.compile.route;

import dev.marrow.proto.waypoint.Backend;

/** Finds what a reference in a route means. */
interface BackendResolver {
  /** For reading only: every reference is fine and leads nowhere. */
  BackendResolver NOWHERE = reference -> Backend.getDefaultInstance();

  /** The backend, with an empty hostname where there is none or it may not be used. */
  Backend resolve(ObjectReference reference);
}
