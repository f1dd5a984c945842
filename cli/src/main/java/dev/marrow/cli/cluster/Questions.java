package dev.marrow.cli.cluster;

import dev.marrow.resources.kubernetes.ApiServer;
import dev.marrow.resources.kubernetes.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Asks an API server, and says what was asked when it says no. Thread-safe. */
public final class Questions implements AutoCloseable {
  private final ApiServer server;

  public Questions(ApiServer server) {
    this.server = server;
  }

  public JsonNode get(String path) throws IOException {
    Reply reply = ask(path);
    if (!reply.ok()) {
      throw new IOException("%s%s: %s".formatted(server.address(), path, reply.reason()));
    }
    return reply.body();
  }

  /** All objects of a collection; none if the server does not know the kind. */
  public List<JsonNode> list(String path) throws IOException {
    List<JsonNode> items = new ArrayList<>();
    String from = "";
    do {
      Reply reply = ask(path + "?limit=500" + (from.isEmpty() ? "" : "&continue=" + from));
      if (reply.notFound()) {
        return List.of();
      }
      if (!reply.ok()) {
        throw new IOException("%s%s: %s".formatted(server.address(), path, reply.reason()));
      }
      reply.body().path("items").forEach(items::add);
      from = reply.body().path("metadata").path("continue").stringValue("");
    } while (!from.isEmpty());
    return items;
  }

  /** What is no JSON, such as a log. */
  public String text(String path) throws IOException {
    try {
      return server.text(path);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IOException(path + ": interrupted", stop);
    }
  }

  /** A page that one of our programs serves to its own pod only. */
  public String page(String namespace, String pod, String address) throws IOException {
    try {
      return server.run(namespace, pod, List.of("wget", "-q", "-O", "-", address));
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IOException(pod + ": interrupted", stop);
    }
  }

  private Reply ask(String path) throws IOException {
    try {
      return server.get(path);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IOException(path + ": interrupted", stop);
    }
  }

  public ApiServer server() {
    return server;
  }

  @Override
  public void close() {
    server.close();
  }
}
