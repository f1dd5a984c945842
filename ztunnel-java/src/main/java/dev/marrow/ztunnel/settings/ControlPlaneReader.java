package dev.marrow.ztunnel.settings;

import dev.marrow.ztunnel.settings.MeshSettings.Local;
import dev.marrow.ztunnel.settings.MeshSettings.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads where the control plane and the certificate service are. */
final class ControlPlaneReader {
  private final Environment env;
  private final ProxyConfig config;

  ControlPlaneReader(Environment env, ProxyConfig config) {
    this.env = env;
    this.config = config;
  }

  MeshSettings mesh() {
    Optional<ServerSettings> xds =
        xdsAddress()
            .map(
                address -> server(address, Knob.XDS_ROOT_CA, Knob.ALT_XDS_HOSTNAME, "XDS_HEADER_"));
    return new MeshSettings(
        new Source(xds, local(), env.flag(Knob.XDS_ON_DEMAND)),
        metadata(),
        env.flag(Knob.ENABLE_RESPONSE_BAGGAGE));
  }

  /** The certificate service; by default the control plane, wherever that is. */
  ServerSettings authority() {
    HostPort address =
        env.hostPort(Knob.CA_ADDRESS).or(this::xdsAddress).orElseGet(this::usualAddress);
    if (env.text(Knob.CA_ROOT_CA).equals("SYSTEM")) {
      env.problem(
          Knob.CA_ROOT_CA.name(),
          "SYSTEM",
          "a path or PEM; the roots of the certificate service become those of the mesh");
    }
    return server(address, Knob.CA_ROOT_CA, Knob.ALT_CA_HOSTNAME, "CA_HEADER_");
  }

  private Optional<HostPort> xdsAddress() {
    if (env.isSet(Knob.XDS_ADDRESS)) {
      return env.hostPort(Knob.XDS_ADDRESS);
    }
    return Optional.of(
        config
            .discoveryAddress()
            .flatMap(Environment::parseHostPort)
            .orElseGet(this::usualAddress));
  }

  private HostPort usualAddress() {
    boolean cluster = env.optional(Knob.KUBERNETES_SERVICE_HOST).isPresent();
    return new HostPort(cluster ? "istiod.istio-system.svc" : "localhost", 15012);
  }

  private ServerSettings server(HostPort address, Knob roots, Knob name, String headerPrefix) {
    var headers = new LinkedHashMap<String, String>();
    env.withPrefix(headerPrefix)
        .forEach((header, value) -> headers.put(header.toLowerCase(Locale.ROOT), value));
    return new ServerSettings(address, env.text(roots), env.text(name), token(), headers);
  }

  /** The token as told; the default path only if there is a file. */
  private String token() {
    boolean told = env.isSet(Knob.AUTH_TOKEN);
    String text = env.text(Knob.AUTH_TOKEN);
    return told || Files.exists(Path.of(text)) ? text : "";
  }

  private Optional<Local> local() {
    Optional<String> path = env.optional(Knob.LOCAL_XDS_PATH);
    Optional<String> inline = env.optional(Knob.LOCAL_XDS);
    if (path.isPresent() && inline.isPresent()) {
      env.problem(Knob.LOCAL_XDS.name(), inline.get(), "LOCAL_XDS_PATH or LOCAL_XDS, not both");
    }
    path.filter(p -> !Files.isReadable(Path.of(p)))
        .ifPresent(p -> env.problem(Knob.LOCAL_XDS_PATH.name(), p, "a readable file"));
    return path.<Local>map(p -> new Local.File(Path.of(p))).or(() -> inline.map(Local.Inline::new));
  }

  private Map<String, Object> metadata() {
    var metadata = new LinkedHashMap<String, Object>();
    put(metadata, "NAME", env.text(Knob.POD_NAME));
    put(metadata, "NAMESPACE", env.text(Knob.POD_NAMESPACE));
    put(metadata, "INSTANCE_IPS", env.text(Knob.INSTANCE_IP));
    put(metadata, "NODE_NAME", env.text(Knob.NODE_NAME));
    metadata.putAll(env.withPrefix("ISTIO_META_"));
    metadata.putAll(config.metadata());
    env.withPrefix("ISTIO_METAJSON_")
        .forEach((name, json) -> metadata.put(name, parsed(name, json)));
    return metadata;
  }

  private static void put(Map<String, Object> metadata, String name, String value) {
    if (!value.isEmpty()) {
      metadata.put(name, value);
    }
  }

  private Object parsed(String name, String json) {
    try {
      Object value = new JsonMapper().readValue(json, Object.class);
      return value == null ? List.of() : value;
    } catch (JacksonException e) {
      env.problem("ISTIO_METAJSON_" + name, json, "JSON");
      return "";
    }
  }
}
