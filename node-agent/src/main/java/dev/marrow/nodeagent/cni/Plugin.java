package dev.marrow.nodeagent.cni;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The plugin on the node: two files beside the other plugins, and an entry at the end of the chain
 * that the runtime reads (the first usable configuration by name). Confined to one thread.
 */
public final class Plugin {
  public static final String NAME = "marrow-cni";
  private static final String SHELL = "busybox-marrow-cni";
  private static final Logger log = LoggerFactory.getLogger(Plugin.class);
  private static final JsonMapper JSON = new JsonMapper();

  private final PluginPlaces places;

  public Plugin(PluginPlaces places) {
    this.places = places;
  }

  /** Puts the files in place and the plugin into the chain, where that is not so already. */
  public void install() throws IOException {
    String script =
        Files.readString(places.source().resolve(NAME))
            .replace("@BUSYBOX@", places.binariesOnNode().resolve(SHELL).toString())
            .replace("@EXCHANGE@", places.exchange().toString())
            .replace("@OUTSIDE@", String.join(" ", places.outside()));
    program(SHELL, Files.readAllBytes(places.source().resolve("busybox")));
    program(NAME, script.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    chain();
  }

  /** Puts the plugin into the chain if somebody has written it anew; true if it is there then. */
  public boolean chain() throws IOException {
    for (Path file : configurations()) {
      Optional<ObjectNode> content = read(file);
      if (content.isPresent() && content.get().path("plugins") instanceof ArrayNode plugins) {
        if (indexes(plugins).isEmpty()) {
          plugins.addObject().put("type", NAME);
          write(file, content.get());
          log.info("{} is in the chain of {}", NAME, file.getFileName());
        }
        return true;
      }
    }
    log.warn("{}: no *.conflist yet; new pods are captured late", places.configuration());
    return false;
  }

  /** Takes the plugin out of every chain, then its files away. */
  public void remove() throws IOException {
    for (Path file : configurations()) {
      Optional<ObjectNode> content = read(file);
      if (content.isPresent()
          && content.get().path("plugins") instanceof ArrayNode plugins
          && !indexes(plugins).isEmpty()) {
        indexes(plugins).reversed().forEach(plugins::remove);
        write(file, content.get());
        log.info("{} is out of the chain of {}", NAME, file.getFileName());
      }
    }
    Files.deleteIfExists(places.binaries().resolve(NAME));
    Files.deleteIfExists(places.binaries().resolve(SHELL));
  }

  private static List<Integer> indexes(ArrayNode plugins) {
    List<Integer> ours = new ArrayList<>();
    for (int i = 0; i < plugins.size(); i++) {
      if (plugins.path(i).path("type").stringValue("").equals(NAME)) {
        ours.add(i);
      }
    }
    return ours;
  }

  private List<Path> configurations() throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(places.configuration(), "*.conflist")) {
      all.forEach(files::add);
    }
    return files.stream().sorted().toList();
  }

  /** Nothing for a file that is no configuration: the runtime passes it by, and so do we. */
  private static Optional<ObjectNode> read(Path file) throws IOException {
    try {
      return JSON.readTree(Files.readString(file)) instanceof ObjectNode object
          ? Optional.of(object)
          : Optional.empty();
    } catch (JacksonException wrong) {
      log.debug("{}: {}", file, wrong.getOriginalMessage());
      return Optional.empty();
    }
  }

  private static void write(Path file, ObjectNode content) throws IOException {
    // The runtime reads only *.conflist, so it never sees half of the file.
    Path fresh = file.resolveSibling("." + file.getFileName() + ".marrow");
    Files.writeString(fresh, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(content));
    Files.setPosixFilePermissions(fresh, Files.getPosixFilePermissions(file));
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Renamed into place, because the old one may be running. */
  private void program(String name, byte[] content) throws IOException {
    Path target = places.binaries().resolve(name);
    if (Files.exists(target) && java.util.Arrays.equals(Files.readAllBytes(target), content)) {
      return;
    }
    Path fresh = places.binaries().resolve("." + name);
    Files.write(fresh, content);
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
