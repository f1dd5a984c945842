package dev.marrow.nodeagent.cni;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the plugin asks about: a pod whose network was just made.
 *
 * @param uid empty if the runtime does not say
 * @param netns as the node calls it
 */
public record PodNetwork(
    String namespace, String name, String uid, String netns, List<InetAddress> addresses) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int FIELDS = 5;

  public PodNetwork {
    addresses = List.copyOf(addresses);
  }

  /** Five lines (namespace, name, uid, network namespace, interface), then the result so far. */
  static PodNetwork parse(String text) throws IOException {
    String[] lines = text.split("\n", FIELDS + 1);
    if (lines.length <= FIELDS || lines[0].isEmpty() || lines[1].isEmpty() || lines[3].isEmpty()) {
      throw new IOException("request: not of the plugin's form");
    }
    return new PodNetwork(lines[0], lines[1], lines[2], lines[3], addresses(lines[FIELDS]));
  }

  private static List<InetAddress> addresses(String result) throws IOException {
    var addresses = new ArrayList<InetAddress>();
    try {
      for (JsonNode ip : JSON.readTree(result).path("ips")) {
        addresses.add(InetAddress.ofLiteral(ip.path("address").stringValue("").split("/")[0]));
      }
      return addresses;
    } catch (JacksonException | IllegalArgumentException wrong) {
      throw new IOException("result of the plugins before: " + wrong.getMessage(), wrong);
    }
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
