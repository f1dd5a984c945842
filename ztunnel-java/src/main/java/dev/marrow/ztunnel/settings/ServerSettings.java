package dev.marrow.ztunnel.settings;

import java.util.Map;

/**
 * A control-plane server and how to prove ourselves to it.
 *
 * @param roots path, inline PEM or {@code SYSTEM}
 * @param alternativeName further accepted server name; empty for none
 * @param token path or literal; empty for none
 * @param headers further gRPC headers, lower-case names
 */
public record ServerSettings(
    HostPort address,
    String roots,
    String alternativeName,
    String token,
    Map<String, String> headers) {
  public ServerSettings {
    headers = Map.copyOf(headers);
  }

  @Override
  public String toString() {
    return "ServerSettings[%s, roots=%s, alternativeName=%s]"
        .formatted(address, roots, alternativeName);
  }
}
