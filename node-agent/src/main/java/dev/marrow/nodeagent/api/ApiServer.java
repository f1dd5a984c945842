package dev.marrow.nodeagent.api;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An API server. Paths are the API's own, such as {@code /api/v1/nodes/a}. Calls block: use virtual
 * threads. Thread-safe.
 */
public final class ApiServer implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final JsonMapper JSON = new JsonMapper();

  private final Access access;
  private final HttpClient client;

  private ApiServer(Access access, HttpClient client) {
    this.access = access;
    this.client = client;
  }

  public static ApiServer at(Access access) throws IOException {
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(access.tls())
            .build();
    return new ApiServer(access, client);
  }

  /** Where it is, for messages. */
  public URI address() {
    return access.server();
  }

  public JsonNode get(String path) throws IOException {
    return call("GET", path, HttpRequest.newBuilder().GET());
  }

  /** Lays {@code change} over an object (RFC 7396). */
  public JsonNode merge(String path, JsonNode change) throws IOException {
    return call(
        "PATCH",
        path,
        HttpRequest.newBuilder()
            .method("PATCH", BodyPublishers.ofString(change.toString()))
            .header("Content-Type", "application/merge-patch+json"));
  }

  /** An answer that goes on until its stream is closed; the caller closes it. */
  public InputStream stream(String path) throws IOException {
    return send("GET", path, HttpRequest.newBuilder().GET()).body();
  }

  private JsonNode call(String method, String path, HttpRequest.Builder request)
      throws IOException {
    try (InputStream in = send(method, path, request).body()) {
      byte[] bytes = in.readAllBytes();
      return bytes.length == 0 ? JSON.createObjectNode() : JSON.readTree(bytes);
    } catch (JacksonException unreadable) {
      throw new IOException("%s %s: %s".formatted(method, path, unreadable.getOriginalMessage()));
    }
  }

  private HttpResponse<InputStream> send(String method, String path, HttpRequest.Builder request)
      throws IOException {
    request.uri(URI.create(access.server() + path)).timeout(ANSWER);
    // Asked for each time: a projected token is replaced long before it ends.
    access.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    try {
      HttpResponse<InputStream> response =
          client.send(request.build(), BodyHandlers.ofInputStream());
      if (response.statusCode() / 100 != 2) {
        throw refused(method + " " + path, response);
      }
      return response;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IOException(method + " " + path + ": interrupted");
    }
  }

  private static ApiFailure refused(String request, HttpResponse<InputStream> response)
      throws IOException {
    try (InputStream in = response.body()) {
      byte[] bytes = in.readNBytes(16 << 10);
      String text = new String(bytes, java.nio.charset.StandardCharsets.UTF_8).strip();
      return new ApiFailure(request, response.statusCode(), reason(text));
    }
  }

  private static String reason(String text) {
    try {
      return JSON.readTree(text).path("message").stringValue(text);
    } catch (JacksonException plain) {
      return text;
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
