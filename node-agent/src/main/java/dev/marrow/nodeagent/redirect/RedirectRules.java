package dev.marrow.nodeagent.redirect;

import dev.marrow.linux.Netns;
import dev.marrow.nodeagent.plan.Redirection;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Collection;

/**
 * The packet rules of pods and of the node. Each call is idempotent and atomic per tool: a packet
 * sees all rules of before or all of after. Thread-safe: the rules live in the kernel.
 *
 * <p>Only connections that begin are redirected (a SYN), so connections that were open before stay
 * as they are. To let go, the redirect rules go but their chains stay, because without a nat chain
 * the kernel forgets to translate connections that were redirected.
 */
public interface RedirectRules {
  /** Sends the pod's new connections to the proxy. */
  void redirect(Netns pod, Redirection redirection) throws IOException;

  /** Sends new connections of the pod where they were going; old ones go on. */
  void release(Netns pod) throws IOException;

  /** Whether new connections are redirected. */
  boolean redirecting(Netns pod) throws IOException;

  /** Takes away everything. Connections through the proxy end. */
  void remove(Netns pod) throws IOException;

  /** Makes this node's own connections to {@code pods} recognisable. Runs in our own namespace. */
  void markProbes(Collection<InetAddress> pods) throws IOException;

  /** Takes away what {@link #markProbes} made. */
  void unmarkProbes() throws IOException;
}
