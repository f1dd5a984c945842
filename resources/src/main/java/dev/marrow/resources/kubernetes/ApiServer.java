package dev.marrow.resources.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.utils.HttpClientUtils;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * An API server, spoken to in JSON. Configuration, credentials and their renewal are the client
 * library's: the file that {@code KUBECONFIG} names, or what a pod finds in itself. Nothing is
 * retried here: who asks knows what waiting means. Thread-safe; calls block.
 */
public final class ApiServer implements AutoCloseable {
  static final JsonMapper JSON = new JsonMapper();

  /** Reads one event after the other. */
  static final ObjectReader EVENTS = JSON.readerFor(JsonNode.class);

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String JSON_TYPE = "application/json";

  private final String address;
  private final String namespace;
  private final HttpClient http;

  private ApiServer(Config config) {
    String url = config.getMasterUrl();
    this.address = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    String own = config.getNamespace();
    this.namespace = own == null ? "default" : own;
    this.http = HttpClientUtils.createHttpClient(config);
  }

  /** The server that the environment names, or the one of the cluster that we run in. */
  public static ApiServer connect() {
    return new ApiServer(settled(Config.autoConfigure(null)));
  }

  /** The server that the text of a kubeconfig file names. */
  public static ApiServer connect(String kubeconfig) {
    return new ApiServer(settled(Config.fromKubeconfig(kubeconfig)));
  }

  /** A server without any credentials, such as a test's. */
  public static ApiServer at(String url) {
    Config config = Config.empty();
    config.setMasterUrl(url);
    return new ApiServer(settled(config));
  }

  private static Config settled(Config config) {
    config.setRequestRetryBackoffLimit(0);
    config.setConnectionTimeout(10_000);
    config.setUserAgent("marrow");
    ClientKey.describe(config);
    return config;
  }

  /** For example {@code https://10.96.0.1}. */
  public String address() {
    return address;
  }

  /** The namespace that the configuration is for. */
  public String namespace() {
    return namespace;
  }

  public Reply get(String path) throws IOException, InterruptedException {
    return send(request(path), "GET", "");
  }

  /** The same in another form. */
  Reply get(String path, String accept) throws IOException, InterruptedException {
    return finish(request(path).setHeader("Accept", accept));
  }

  /** The body as it is, for what is no JSON, such as a log. */
  public String text(String path) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = answer(http.newHttpRequestBuilder().uri(address + path));
    if (!HttpResponse.isSuccessful(response.code())) {
      throw new IOException(path + ": " + reply(response, body(response)).reason());
    }
    return new String(body(response), StandardCharsets.UTF_8);
  }

  /** Runs a command in a pod and returns what it writes; fails with what it complains of. */
  public String run(String namespace, String pod, List<String> command)
      throws IOException, InterruptedException {
    String words =
        command.stream()
            .map(word -> "&command=" + URLEncoder.encode(word, StandardCharsets.UTF_8))
            .collect(Collectors.joining());
    String path =
        "/api/v1/namespaces/%s/pods/%s/exec?stdout=true&stderr=true%s"
            .formatted(namespace, pod, words);
    var running = new PodCommand();
    WebSocket socket =
        await(
            http.newWebSocketBuilder()
                .subprotocol(PodCommand.PROTOCOL)
                .uri(WebSocket.toWebSocketUri(URI.create(address + path)))
                .buildAsync(running));
    try {
      return await(running.done());
    } finally {
      socket.sendClose(1000, "done");
    }
  }

  public Reply create(String path, JsonNode object) throws IOException, InterruptedException {
    return send(request(path), "POST", object.toString());
  }

  /** Replaces an object; the {@code resourceVersion} in it must be the newest. */
  public Reply replace(String path, JsonNode object) throws IOException, InterruptedException {
    return send(request(path), "PUT", object.toString());
  }

  /**
   * Server-side apply: makes the fields of {@code object} be as given and {@code manager} their
   * owner, whoever had them, and takes away those the manager had and no longer gives.
   */
  public Reply apply(String path, String manager, JsonNode object)
      throws IOException, InterruptedException {
    return apply(path + query(Map.of("fieldManager", manager, "force", "true")), object);
  }

  /** The same, but a conflict where somebody else owns one of the fields. */
  public Reply applyUnlessOwned(String path, String manager, JsonNode object)
      throws IOException, InterruptedException {
    return apply(path + query(Map.of("fieldManager", manager)), object);
  }

  private Reply apply(String path, JsonNode object) throws IOException, InterruptedException {
    HttpRequest.Builder request = request(path);
    request.method("PATCH", "application/apply-patch+yaml", object.toString());
    return finish(request);
  }

  public Reply delete(String path) throws IOException, InterruptedException {
    return send(
        request(path),
        "DELETE",
        "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\",\"propagationPolicy\":\"Background\"}");
  }

  private HttpRequest.Builder request(String path) {
    return http.newHttpRequestBuilder().uri(address + path).setHeader("Accept", JSON_TYPE);
  }

  private Reply send(HttpRequest.Builder request, String method, String body)
      throws IOException, InterruptedException {
    if (!body.isEmpty()) {
      request.method(method, JSON_TYPE, body);
    }
    return finish(request);
  }

  private Reply finish(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = answer(request);
    return reply(response, body(response));
  }

  private HttpResponse<byte[]> answer(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    request.timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    return await(http.sendAsync(request.build(), byte[].class));
  }

  private static byte[] body(HttpResponse<byte[]> response) {
    byte[] body = response.body();
    return body == null ? new byte[0] : body;
  }

  private static Reply reply(HttpResponse<?> response, byte[] body) {
    return new Reply(response.code(), tree(body), retryAfter(response));
  }

  private static JsonNode tree(byte[] body) {
    try {
      return body.length == 0 ? MissingNode.getInstance() : JSON.readTree(body);
    } catch (JacksonException e) {
      // A proxy's page, for instance; the code says enough.
      return MissingNode.getInstance();
    }
  }

  private static Duration retryAfter(HttpResponse<?> response) {
    List<String> values = response.headers("Retry-After");
    String value = values == null || values.isEmpty() ? "" : values.getFirst();
    return value.matches("\\d{1,4}") ? Duration.ofSeconds(Long.parseLong(value)) : Duration.ZERO;
  }

  /** Opens a stream of events; whoever asked closes it. */
  Opened open(String path, String accept) throws IOException, InterruptedException {
    HttpRequest request = request(path).setHeader("Accept", accept).forStreaming().build();
    HttpResponse<InputStream> response = await(http.sendAsync(request, InputStream.class));
    if (HttpResponse.isSuccessful(response.code())) {
      return new Opened.Stream(response.body());
    }
    try (InputStream body = response.body()) {
      return new Opened.Refused(reply(response, body.readNBytes(1 << 20)));
    }
  }

  /** What came of asking for a stream. */
  sealed interface Opened {
    record Stream(InputStream events) implements Opened {}

    record Refused(Reply reply) implements Opened {}
  }

  private static <T> T await(CompletableFuture<T> answer) throws IOException, InterruptedException {
    try {
      return answer.get(PATIENCE.toMillis() + 5_000, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      @Nullable Throwable cause = e.getCause();
      throw cause instanceof IOException io ? io : new IOException(String.valueOf(cause), cause);
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + PATIENCE, e);
    } finally {
      answer.cancel(true);
    }
  }

  /** Parameters as the end of a path; empty values are left out. */
  public static String query(Map<String, String> parameters) {
    String text =
        parameters.entrySet().stream()
            .filter(entry -> !entry.getValue().isEmpty())
            .sorted(Map.Entry.comparingByKey())
            .map(entry ->
                entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    return text.isEmpty() ? "" : "?" + text;
  }

  @Override
  public void close() {
    http.close();
  }
}
