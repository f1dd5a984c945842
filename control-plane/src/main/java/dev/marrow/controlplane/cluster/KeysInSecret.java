package dev.marrow.controlplane.cluster;

import dev.marrow.identity.authority.KeyFiles;
import dev.marrow.resources.kubernetes.ApiServer;
import dev.marrow.resources.kubernetes.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * An authority's keys in one Secret. A piece of work reads the Secret, and what it wrote is stored
 * only if nobody else changed the Secret meanwhile; otherwise the work is done again on what the
 * other one made. So of many replicas that start at once one makes the root and all use it.
 * Thread-safe.
 */
public final class KeysInSecret implements KeyFiles {
  private static final int ATTEMPTS = 20;

  private final ApiServer server;
  private final String namespace;
  private final String name;
  // Confined to the work that holds the monitor.
  private Map<String, String> texts = new TreeMap<>();

  public KeysInSecret(ApiServer server, String namespace, String name) {
    this.server = server;
    this.namespace = namespace;
    this.name = name;
  }

  @Override
  public synchronized <T> T locked(Supplier<T> work) {
    try {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        Optional<JsonNode> before = read();
        Map<String, String> known = before.map(KeysInSecret::texts).orElseGet(TreeMap::new);
        texts = new TreeMap<>(known);
        T result = work.get();
        if (texts.equals(known) || stored(before)) {
          return result;
        }
      }
      throw new IOException("secret %s/%s: others keep changing it".formatted(namespace, name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted", e));
    } finally {
      texts = new TreeMap<>();
    }
  }

  private Optional<JsonNode> read() throws IOException, InterruptedException {
    Reply reply = server.get(collection() + "/" + name);
    if (reply.notFound()) {
      return Optional.empty();
    }
    check(reply);
    return Optional.of(reply.body());
  }

  private boolean stored(Optional<JsonNode> before) throws IOException, InterruptedException {
    ObjectNode secret =
        before
            .map(found -> (ObjectNode) found.deepCopy())
            .orElseGet(JsonNodeFactory.instance::objectNode);
    secret.put("apiVersion", "v1").put("kind", "Secret");
    secret.withObject("metadata").put("name", name).put("namespace", namespace);
    if (before.isEmpty()) {
      secret.put("type", "marrow.dev/authority");
    }
    ObjectNode data = secret.putObject("data");
    texts.forEach((file, text) ->
        data.put(
            file, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII))));
    Reply reply =
        before.isEmpty()
            ? server.create(collection(), secret)
            : server.replace(collection() + "/" + name, secret);
    if (reply.conflict() || before.isPresent() && reply.notFound()) {
      return false;
    }
    check(reply);
    return true;
  }

  private void check(Reply reply) throws IOException {
    if (!reply.ok()) {
      throw new IOException("secret %s/%s: %s".formatted(namespace, name, reply.reason()));
    }
  }

  private String collection() {
    return "/api/v1/namespaces/" + namespace + "/secrets";
  }

  private static Map<String, String> texts(JsonNode secret) {
    Map<String, String> texts = new TreeMap<>();
    secret
        .path("data")
        .properties()
        .forEach(entry ->
            texts.put(
                entry.getKey(),
                new String(
                    Base64.getDecoder().decode(entry.getValue().stringValue("")),
                    StandardCharsets.US_ASCII)));
    return texts;
  }

  @Override
  public Optional<String> read(String file) {
    return Optional.ofNullable(texts.get(file));
  }

  @Override
  public void write(String file, String text) {
    texts.put(file, text);
  }

  @Override
  public void remove(String file) {
    texts.remove(file);
  }

  @Override
  public List<String> names(String prefix) {
    return texts.keySet().stream().filter(file -> file.startsWith(prefix)).toList();
  }
}
