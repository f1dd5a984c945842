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
import java.util.TreeSet;
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

  /**
   * Reads the file.
   *
   * @param address counts for more than the file's; empty: the file's
   * @param profile the same
   */
  static Target read(Path file, String address, String profile) throws IOException {
    if (Files.isDirectory(file) || !Files.isReadable(file)) {
      throw new IOException(
          file + ": cannot be read (expected: a YAML file that describes the target)");
    }
    try {
      JsonNode root = new YAMLMapper().readTree(Files.readString(file));
      return parse(root, address, profile);
    } catch (JacksonException e) {
      String why = e.getOriginalMessage().lines().map(String::strip).findFirst().orElse("");
      throw new IOException("%s: not YAML: %s".formatted(file, why), e);
    } catch (IllegalArgumentException | IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static Target parse(JsonNode root, String address, String profile) throws IOException {
    if (!root.isObject()) {
      throw new IOException("no keys (expected: at least 'address')");
    }
    for (String key : root.propertyNames()) {
      if (!KEYS.contains(key)) {
        throw new IOException(
            "unknown key '%s' (expected: %s)".formatted(key, new TreeSet<>(KEYS)));
      }
    }
    Target plain =
        Target.at(
            address(address.isEmpty() ? text(root, "address", "") : address),
            profile(profile.isEmpty() ? text(root, "profile", "hbone") : profile));
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
        patience(text(root, "patience", "3000")),
        hooks(map(root, "hooks")),
        map(root, "deviations"));
  }

  private static Duration patience(String text) throws IOException {
    if (!text.matches("[1-9][0-9]{0,5}")) {
      throw new IOException("patience: '%s' (expected: milliseconds, >= 1)".formatted(text));
    }
    return Duration.ofMillis(Long.parseLong(text));
  }

  private static Hooks hooks(Map<String, String> commands) {
    Map<String, Hook> hooks = new LinkedHashMap<>();
    commands.forEach((name, command) -> hooks.put(name, Hook.shell(command)));
    return new Hooks(hooks);
  }

  private static String text(JsonNode root, String key, String otherwise) {
    JsonNode node = root.get(key);
    return node == null ? otherwise : node.asString("");
  }

  private static Map<String, String> map(JsonNode root, String key) throws IOException {
    Map<String, String> out = new LinkedHashMap<>();
    JsonNode node = root.get(key);
    if (node != null && !node.isNull()) {
      if (!node.isObject()) {
        throw new IOException("%s: '%s' (expected: names with a text each)".formatted(key, node));
      }
      node.properties().forEach(e -> out.put(e.getKey(), e.getValue().asString("")));
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
