package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.MeshConfig;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.waypoint.Backend;
import dev.marrow.proto.waypoint.ExternalAuthorization;
import dev.marrow.proto.waypoint.PathNormalization;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * What the mesh configuration, the ConfigMap {@code istio} of the root namespace, says about
 * waypoints.
 */
public record MeshOptions() implements Question<MeshOptions.Options> {
  private static final YAMLMapper YAML = new YAMLMapper();

  /** What a waypoint shows at most. */
  static final int MOST_BODY = 128 << 10;

  /** External authorizers by name, and how paths are normalised. */
  public record Options(
      Map<String, ExternalAuthorization> authorizers, PathNormalization normalization) {
    public Options {
      authorizers = Map.copyOf(authorizers);
    }
  }

  @Override
  public Options answer(Answers answers) {
    JsonNode mesh =
        answers
            .object("ConfigMap", answers.mesh().rootNamespace(), "istio")
            .map(map -> map.content().path("data").path("mesh").stringValue(""))
            .flatMap(MeshOptions::parse)
            .orElse(MissingNode.getInstance());
    Map<String, ExternalAuthorization> authorizers = new HashMap<>();
    for (JsonNode provider : mesh.path("extensionProviders")) {
      authorizer(provider, answers.mesh())
          .ifPresent(found -> authorizers.put(provider.path("name").stringValue(""), found));
    }
    return new Options(
        authorizers,
        normalization(mesh.path("pathNormalization").path("normalization").stringValue("")));
  }

  private static Optional<JsonNode> parse(String text) {
    try {
      return text.isBlank() ? Optional.empty() : Optional.of(YAML.readTree(text));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static PathNormalization normalization(String word) {
    return switch (word) {
      case "NONE" -> PathNormalization.NONE;
      case "MERGE_SLASHES" -> PathNormalization.MERGE_SLASHES;
      case "DECODE_AND_MERGE_SLASHES" -> PathNormalization.DECODE_AND_MERGE_SLASHES;
      default -> PathNormalization.BASE;
    };
  }

  private static Optional<ExternalAuthorization> authorizer(JsonNode provider, MeshConfig mesh) {
    JsonNode grpc = provider.path("envoyExtAuthzGrpc");
    JsonNode http = provider.path("envoyExtAuthzHttp");
    JsonNode either = grpc.isObject() ? grpc : http;
    if (!either.isObject()) {
      return Optional.empty();
    }
    ExternalAuthorization.Builder builder =
        ExternalAuthorization.newBuilder()
            .setBackend(backend(either, mesh))
            .setGrpc(grpc.isObject())
            .setFailOpen(either.path("failOpen").asBoolean(false))
            .setPathPrefix(http.path("pathPrefix").stringValue(""))
            .setMaxBodyBytes(
                Math.min(
                    either.path("includeRequestBodyInCheck").path("maxRequestBytes").asInt(0),
                    MOST_BODY))
            .setAllowPartialBody(
                either
                    .path("includeRequestBodyInCheck")
                    .path("allowPartialMessage")
                    .asBoolean(false));
    http.path("includeRequestHeadersInCheck")
        .forEach(name -> builder.addForwardRequestHeaders(name.asString("")));
    http.path("headersToUpstreamOnAllow")
        .forEach(name -> builder.addForwardResponseHeaders(name.asString("")));
    String timeout = either.path("timeout").stringValue("");
    if (timeout.matches("\\d+(\\.\\d+)?s")) {
      double seconds = Double.parseDouble(timeout.substring(0, timeout.length() - 1));
      builder.setTimeout(Protos.duration(java.time.Duration.ofMillis(Math.round(seconds * 1000))));
    }
    return Optional.of(builder.build());
  }

  /** {@code namespace/host} or a host whose second part is its namespace. */
  private static Backend backend(JsonNode provider, MeshConfig mesh) {
    String service = provider.path("service").stringValue("");
    int slash = service.indexOf('/');
    String host = service.substring(slash + 1);
    String[] parts = host.split("\\.", -1);
    String namespace =
        slash > 0 ? service.substring(0, slash) : parts.length > 1 ? parts[1] : "default";
    boolean full = host.contains(".svc.");
    return Backend.newBuilder()
        .setNamespace(namespace)
        .setHostname(full ? host : mesh.hostname(namespace, parts[0]))
        .setPort(provider.path("port").asInt(0))
        .build();
  }
}
