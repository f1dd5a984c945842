package dev.marrow.mesh.xds;

import com.google.protobuf.ByteString;
import java.util.List;

/**
 * One resource of a response, not decoded.
 *
 * @param aliases further names it is known by
 * @param value the serialized message
 */
public record AdsResource(String name, List<String> aliases, String version, ByteString value) {
  public AdsResource {
    aliases = List.copyOf(aliases);
  }
}
