package dev.marrow.controlplane.settings;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Reads variables and collects what is wrong with them. Confined to one thread. */
final class Environment {
  private final Map<String, String> variables;
  private final List<String> errors = new ArrayList<>();

  Environment(Map<String, String> variables) {
    this.variables = variables;
  }

  List<String> errors() {
    return errors;
  }

  void removed(String name, String instead) {
    if (variables.containsKey(name)) {
      errors.add("%s: removed (expected: %s)".formatted(name, instead));
    }
  }

  String text(String name, String standard) {
    String value = variables.getOrDefault(name, "").strip();
    return value.isEmpty() ? standard : value;
  }

  /** A text that must be there. */
  String required(String name, String expected) {
    String value = text(name, "");
    if (value.isEmpty()) {
      errors.add("%s: '' (expected: %s)".formatted(name, expected));
    }
    return value;
  }

  /** Notes that a value is none of those expected, and goes on with {@code instead}. */
  <T> T wrong(String name, String expected, Function<Environment, T> instead) {
    errors.add("%s: '%s' (expected: %s)".formatted(name, text(name, ""), expected));
    return instead.apply(this);
  }

  <T> T parsed(String name, String standard, Function<String, T> parse, T onError) {
    try {
      return parse.apply(text(name, standard));
    } catch (IllegalArgumentException e) {
      errors.add(name + ": " + e.getMessage());
      return onError;
    }
  }

  /** {@code host:port} with an address for host, {@code [address]:port} or {@code :port}. */
  InetSocketAddress address(String name, String standard) {
    String text = text(name, standard);
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? text : text.substring(0, colon);
    String port = colon < 0 ? "" : text.substring(colon + 1);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(host.isEmpty() ? "0.0.0.0" : host);
    if (bytes == null || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 65535) {
      errors.add("%s: '%s' (expected: address:port)".formatted(name, text));
      return new InetSocketAddress(0);
    }
    return new InetSocketAddress(
        NetUtil.createInetAddressFromIpAddressString(host.isEmpty() ? "0.0.0.0" : host),
        Integer.parseInt(port));
  }

  /** {@code 24h}, {@code 90m}, {@code 30s}, or parts of it together. */
  Duration duration(String name, String standard) {
    String text = text(name, standard);
    try {
      Duration value = Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
      if (value.isPositive()) {
        return value;
      }
    } catch (DateTimeParseException e) {
      // Reported below.
    }
    errors.add("%s: '%s' (expected: a duration such as 24h or 90m)".formatted(name, text));
    return Duration.ofHours(1);
  }
}
