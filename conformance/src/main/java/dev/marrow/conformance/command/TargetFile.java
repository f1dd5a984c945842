package dev.marrow.conformance.command;

import dev.marrow.conformance.Profile;
import dev.marrow.conformance.run.Hook;
import dev.marrow.conformance.run.Hooks;
import dev.marrow.conformance.run.Target;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A target described in a file: address, profile, how the application is reached, hooks, known
 * deviations.
 */
final class TargetFile {
  private static final Set<String> KEYS =
      Set.of(
          "name",
          "version",
          "address",
          "profile",
          "applicationHost",
          "plaintextHost",
          "identity",
          "serverIdentity",
          "foreignAuthority",
          "patience",
          "hooks",
          "deviations");

  private TargetFile() {}

  static Target read(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      throw new IOException(
          file + ": cannot be read (expected: a YAML file that describes the target)");
    }
    try {
      return parse(file, new YAMLMapper().readTree(Files.readString(file)));
    } catch (JacksonException e) {
      throw new IOException(file + ": not YAML: " + e.getOriginalMessage());
    }
  }

  private static Target parse(Path file, JsonNode root) throws IOException {
    for (String key : root.propertyNames()) {
      if (!KEYS.contains(key)) {
        throw new IOException(
            "%s: unknown key '%s' (expected: %s)"
                .formatted(file, key, new java.util.TreeSet<>(KEYS)));
      }
    }
    Target plain =
        Target.at(address(text(root, "address", "")), profile(text(root, "profile", "hbone")));
    return new Target(
        text(root, "name", plain.name()),
        text(root, "version", ""),
        plain.address(),
        plain.profile(),
        new Target.Reach(
            text(root, "applicationHost", plain.applicationHost()),
            Optional.of(text(root, "plaintextHost", "")).filter(t -> !t.isEmpty()),
            text(root, "foreignAuthority", plain.foreignAuthority())),
        text(root, "identity", plain.identity()),
        Optional.of(text(root, "serverIdentity", "")).filter(t -> !t.isEmpty()),
        Duration.ofMillis(Long.parseLong(text(root, "patience", "3000"))),
        hooks(map(root, "hooks")),
        map(root, "deviations"));
  }

  private static Hooks hooks(Map<String, String> commands) {
    Map<String, Hook> hooks = new LinkedHashMap<>();
    commands.forEach((name, command) -> hooks.put(name, Hook.shell(command)));
    return new Hooks(hooks);
  }

  private static String text(JsonNode root, String key, String otherwise) {
    JsonNode node = root.get(key);
    return node == null ? otherwise : node.asString();
  }

  private static Map<String, String> map(JsonNode root, String key) {
    Map<String, String> out = new LinkedHashMap<>();
    JsonNode node = root.get(key);
    if (node != null) {
      node.properties().forEach(e -> out.put(e.getKey(), e.getValue().asString()));
    }
    return out;
  }

  static Profile profile(String text) throws IOException {
    for (Profile profile : Profile.values()) {
      if (profile.name().equalsIgnoreCase(text)) {
        return profile;
      }
    }
    throw new IOException("profile: '%s' (expected: hbone, mtls, tls or waypoint)".formatted(text));
  }

  /** {@code 127.0.0.1:15008} or {@code [::1]:15008}. */
  static InetSocketAddress address(String text) throws IOException {
    int colon = text.lastIndexOf(':');
    boolean bare = text.indexOf(':') != colon && !text.startsWith("[");
    if (colon <= 0 || bare) {
      throw new IOException("address: '%s' (expected: host:port or [v6]:port)".formatted(text));
    }
    String host = text.substring(0, colon).replace("[", "").replace("]", "");
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      InetSocketAddress address = new InetSocketAddress(host, port);
      if (address.isUnresolved() || port < 1) {
        throw new IOException(
            "address: '%s' does not resolve".formatted(host.toLowerCase(Locale.ROOT)));
      }
      return address;
    } catch (IllegalArgumentException e) {
      throw new IOException("address: '%s' (expected: a port from 1 to 65535)".formatted(text));
    }
  }
}
