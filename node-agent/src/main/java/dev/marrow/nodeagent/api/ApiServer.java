package dev.marrow.nodeagent.api;

import static java.net.http.HttpResponse.BodyHandlers.ofByteArray;
import static java.net.http.HttpResponse.BodyHandlers.ofInputStream;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
  private final Duration answer;

  private ApiServer(Access access, HttpClient client, Duration answer) {
    this.access = access;
    this.client = client;
    this.answer = answer;
  }

  public static ApiServer at(Access access) throws IOException {
    return at(access, ANSWER);
  }

  /**
   * A server of less patience.
   *
   * @param answer for a whole answer, or for the head of a stream
   */
  static ApiServer at(Access access, Duration answer) throws IOException {
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(access.tls())
            .build();
    return new ApiServer(access, client, answer);
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
    HttpResponse<InputStream> response =
        send("GET " + path, request(path, HttpRequest.newBuilder().GET()), ofInputStream());
    if (!succeeded(response)) {
      try (InputStream in = response.body()) {
        throw refused("GET " + path, response, in.readNBytes(16 << 10));
      }
    }
    return response.body();
  }

  private JsonNode call(String method, String path, HttpRequest.Builder builder)
      throws IOException {
    String name = method + " " + path;
    HttpResponse<byte[]> response = send(name, request(path, builder), ofByteArray());
    byte[] bytes = response.body();
    if (!succeeded(response)) {
      throw refused(name, response, bytes);
    }
    try {
      return bytes.length == 0 ? JSON.createObjectNode() : JSON.readTree(bytes);
    } catch (JacksonException unreadable) {
      throw new IOException("%s: %s".formatted(name, unreadable.getOriginalMessage()));
    }
  }

  private HttpRequest request(String path, HttpRequest.Builder request) {
    request.uri(URI.create(access.server() + path));
    // Asked for each time: a projected token is replaced long before it ends.
    access.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    return request.build();
  }

  /** Waits for the body, too, if {@code handler} does: a request's own time limit ends before. */
  private <T> HttpResponse<T> send(String name, HttpRequest request, BodyHandler<T> handler)
      throws IOException {
    CompletableFuture<HttpResponse<T>> response = client.sendAsync(request, handler);
    try {
      return response.get(answer.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof IOException io
          ? io
          : new IOException(name + ": " + failure.getCause(), failure);
    } catch (TimeoutException late) {
      throw new HttpTimeoutException("%s: no answer within %s".formatted(name, answer));
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IOException(name + ": interrupted", stop);
    } finally {
      response.cancel(true);
    }
  }

  private static boolean succeeded(HttpResponse<?> response) {
    return response.statusCode() / 100 == 2;
  }

  private static ApiFailure refused(String request, HttpResponse<?> response, byte[] body) {
    String text = new String(body, 0, Math.min(body.length, 16 << 10), UTF_8).strip();
    return new ApiFailure(request, response.statusCode(), reason(text));
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
