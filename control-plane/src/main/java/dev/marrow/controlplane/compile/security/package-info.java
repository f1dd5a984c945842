/** PeerAuthentication and AuthorizationPolicy to what node proxies enforce. */
@NullMarked
package dev.marrow.controlplane.compile.security;

import org.jspecify.annotations.NullMarked;
