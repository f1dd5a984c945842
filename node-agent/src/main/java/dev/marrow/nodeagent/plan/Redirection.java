package dev.marrow.nodeagent.plan;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What of a pod's traffic is sent to the node proxy; outgoing TCP always is.
 *
 * @param inbound incoming plaintext TCP, too
 * @param dns queries, too
 * @param virtualInterfaces interfaces whose traffic counts as outgoing (a virtual machine's in the
 *     pod)
 */
public record Redirection(boolean inbound, boolean dns, List<String> virtualInterfaces) {
  // The names become part of a program for nft: nothing but what an interface may be called.
  private static final Pattern INTERFACE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,14}");

  public Redirection {
    virtualInterfaces = List.copyOf(virtualInterfaces);
    for (String name : virtualInterfaces) {
      if (!INTERFACE.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "interface: '%s' (expected: 1 to 15 letters, digits, '.', '_', '-')".formatted(name));
      }
    }
  }
}
