package dev.marrow.controlplane.deploy;

import dev.marrow.resources.ObjectKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Generated objects as YAML files in a directory of their own, one per object. Thread-safe. Writing
 * a handful of small files is quick enough for the caller's thread.
 */
public final class GeneratedFiles implements Applier {
  private static final Logger log = LoggerFactory.getLogger(GeneratedFiles.class);
  private static final YAMLMapper YAML = new YAMLMapper();

  private final Path directory;
  private boolean cleaned;

  public GeneratedFiles(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
  }

  @Override
  public synchronized void apply(Collection<GeneratedObject> put, Collection<ObjectKey> removed) {
    try {
      for (GeneratedObject object : put) {
        write(object);
      }
      for (ObjectKey key : removed) {
        Files.deleteIfExists(directory.resolve(name(key)));
        log.info("{} removed", key);
      }
      if (!cleaned) {
        clean(put);
        cleaned = true;
      }
    } catch (IOException e) {
      log.error("generated objects not written to {}", directory, e);
    }
  }

  private void write(GeneratedObject object) throws IOException {
    String name = name(object.key());
    String text = YAML.writeValueAsString(object.content());
    Path file = directory.resolve(name);
    if (Files.exists(file) && Files.readString(file).equals(text)) {
      return;
    }
    Path hidden = Files.writeString(directory.resolve("." + name + ".new"), text);
    Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    log.info("{} written", object.key());
  }

  private void clean(Collection<GeneratedObject> all) throws IOException {
    Set<String> wanted = new HashSet<>();
    all.forEach(object -> wanted.add(name(object.key())));
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".yaml") && !wanted.contains(name)) {
          Files.delete(file);
        }
      }
    }
  }

  private static String name(ObjectKey key) {
    return "%s.%s.%s.yaml".formatted(key.kind(), key.namespace(), key.name());
  }
}
