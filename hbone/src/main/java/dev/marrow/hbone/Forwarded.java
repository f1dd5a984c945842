package dev.marrow.hbone;

import java.util.Locale;

/**
 * The {@code forwarded} header (RFC 7239) as HBONE uses it: {@code
 * for="10.0.0.1:4711";host=reviews.shop.svc}.
 *
 * @param client the client's address and port; empty: not said
 * @param host the service that was addressed; empty: none
 */
public record Forwarded(String client, String host) {
  public static final Forwarded NONE = new Forwarded("", "");

  private static final int MAX_LENGTH = 512;

  public boolean present() {
    return !client.isEmpty() || !host.isEmpty();
  }

  /** Reads the first element of a header. Never fails: what it cannot read is left out. */
  public static Forwarded parse(String header) {
    if (header.isEmpty() || header.length() > MAX_LENGTH) {
      return NONE;
    }
    String client = "";
    String host = "";
    int comma = header.indexOf(',');
    String element = comma < 0 ? header : header.substring(0, comma);
    for (String pair : element.split(";", 8)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? "" : pair.substring(0, equals).strip().toLowerCase(Locale.ROOT);
      String value = equals < 0 ? "" : unquoted(pair.substring(equals + 1).strip());
      switch (name) {
        case "for" -> client = client.isEmpty() ? value : client;
        case "host" -> host = host.isEmpty() ? value : host;
        default -> {}
      }
    }
    return client.isEmpty() && host.isEmpty() ? NONE : new Forwarded(client, host);
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    String text = quoted ? value.substring(1, value.length() - 1) : value;
    for (int i = 0; i < text.length(); i++) {
      if (!plain(text.charAt(i))) {
        return "";
      }
    }
    return text;
  }

  private static boolean plain(int c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != '\\' && c != ';';
  }

  /** The header's value; empty when there is nothing to say. */
  public String format() {
    String first = client.isEmpty() ? "" : "for=\"" + client + "\"";
    String second = host.isEmpty() ? "" : "host=" + host;
    return first.isEmpty() || second.isEmpty() ? first + second : first + ";" + second;
  }
}
