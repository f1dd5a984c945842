package dev.marrow.hbone;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a peer says about itself in the {@code baggage} header: {@code k8s.namespace.name=shop,…}.
 * Labels for logs and metrics, never identity. Values are not percent-encoded.
 *
 * @param entries in the order of the header; names and values non-empty, without control
 *     characters, commas or semicolons
 */
public record Baggage(Map<String, String> entries) {
  public static final Baggage NONE = new Baggage(Map.of());

  public static final String CLUSTER = "k8s.cluster.name";
  public static final String NAMESPACE = "k8s.namespace.name";
  public static final String SERVICE = "service.name";
  public static final String VERSION = "service.version";
  public static final String REGION = "cloud.region";
  public static final String ZONE = "cloud.availability_zone";

  private static final int MAX_ENTRIES = 32;
  private static final int MAX_LENGTH = 4096;
  private static final int MAX_VALUE = 256;

  public Baggage {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  public Optional<String> entry(String name) {
    return Optional.ofNullable(entries.get(name));
  }

  /** {@code k8s.<kind>.name}, the first of deployment, cronjob, pod, job that is there. */
  public Optional<String> workloadName() {
    for (Map.Entry<String, String> entry : entries.entrySet()) {
      if (workloadKind(entry.getKey())) {
        return Optional.of(entry.getValue());
      }
    }
    return Optional.empty();
  }

  private static boolean workloadKind(String name) {
    return switch (name) {
      case "k8s.deployment.name", "k8s.cronjob.name", "k8s.pod.name", "k8s.job.name" -> true;
      default -> false;
    };
  }

  /**
   * Reads a header. Never fails: what is not {@code name=value}, too long or not printable is left
   * out, properties behind a semicolon are cut, of a name given twice the first stays.
   */
  public static Baggage parse(String header) {
    if (header.isEmpty() || header.length() > MAX_LENGTH) {
      return NONE;
    }
    Map<String, String> entries = new LinkedHashMap<>();
    for (int start = 0; start < header.length() && entries.size() < MAX_ENTRIES; ) {
      int comma = header.indexOf(',', start);
      int end = comma < 0 ? header.length() : comma;
      putEntry(entries, header.substring(start, end));
      start = end + 1;
    }
    return entries.isEmpty() ? NONE : new Baggage(entries);
  }

  private static void putEntry(Map<String, String> entries, String member) {
    int semicolon = member.indexOf(';');
    String pair = semicolon < 0 ? member : member.substring(0, semicolon);
    int equals = pair.indexOf('=');
    if (equals < 1) {
      return;
    }
    String name = pair.substring(0, equals).strip();
    String value = pair.substring(equals + 1).strip();
    boolean sound = !name.isEmpty() && !value.isEmpty() && value.length() <= MAX_VALUE;
    if (sound && name.length() <= MAX_VALUE && printable(name) && printable(value)) {
      entries.putIfAbsent(name, value);
    }
  }

  private static boolean printable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c >= 0x7f || c == '"') {
        return false;
      }
    }
    return true;
  }

  /** The header's value; empty entries and those the header cannot carry are left out. */
  public String format() {
    var text = new StringBuilder(256);
    entries.forEach((name, value) -> {
      if (!value.isEmpty() && printable(value) && value.indexOf(',') < 0) {
        text.append(text.isEmpty() ? "" : ",").append(name).append('=').append(value);
      }
    });
    return text.toString();
  }
}
