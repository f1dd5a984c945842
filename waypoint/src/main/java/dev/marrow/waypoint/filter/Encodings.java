package dev.marrow.waypoint.filter;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.waypoint.destination.CompressionRules;
import java.util.Locale;

/** Decides whether a response is compressed (RFC 9110 §8.4, §12.5.3). Pure. */
public final class Encodings {
  private static final HeaderName ACCEPT_ENCODING = HeaderName.of("accept-encoding");
  private static final HeaderName CONTENT_ENCODING = HeaderName.of("content-encoding");
  private static final HeaderName CONTENT_TYPE = HeaderName.of("content-type");
  private static final HeaderName CONTENT_RANGE = HeaderName.of("content-range");
  private static final HeaderName CONTENT_DIGEST = HeaderName.of("content-digest");
  private static final HeaderName CONTENT_MD5 = HeaderName.of("content-md5");
  private static final HeaderName CACHE_CONTROL = HeaderName.of("cache-control");
  private static final HeaderName ETAG = HeaderName.of("etag");

  private Encodings() {}

  /**
   * Whether the body of {@code response} might be compressed, for this client or another: then the
   * response depends on what the client accepts.
   */
  public static boolean compressible(CompressionRules rules, Headers response, int status) {
    int type = response.find(CONTENT_TYPE);
    boolean whole = status >= 200 && status != 204 && status != 206 && status != 304;
    return whole
        && type >= 0
        && rules.covers(response.value(type))
        && longEnough(rules, response)
        && !response.contains(CONTENT_ENCODING)
        && !response.contains(CONTENT_RANGE)
        && !response.contains(CONTENT_DIGEST)
        && !response.contains(CONTENT_MD5)
        && !Vary.lists(response, CACHE_CONTROL, "no-transform");
  }

  private static boolean longEnough(CompressionRules rules, Headers response) {
    int length = response.find(HeaderName.CONTENT_LENGTH);
    if (length < 0) {
      return true;
    }
    String digits = response.value(length);
    // A rule may have set what is no number; whoever reads it decides what that means.
    return !digits.isEmpty()
        && digits.chars().allMatch(c -> c >= '0' && c <= '9')
        && (digits.length() > 9 || Integer.parseInt(digits) >= rules.minBytes());
  }

  /** Whether the client takes gzip: by name, or by an asterisk, and not with weight zero. */
  public static boolean accepted(Headers request) {
    double named = -1;
    double any = -1;
    for (int i = request.find(ACCEPT_ENCODING); i >= 0; i = request.find(ACCEPT_ENCODING, i + 1)) {
      for (String part : request.value(i).split(",", -1)) {
        int semicolon = part.indexOf(';');
        String coding = semicolon < 0 ? part : part.substring(0, semicolon);
        double weight = semicolon < 0 ? 1 : weight(part.substring(semicolon + 1));
        switch (coding.strip().toLowerCase(Locale.ROOT)) {
          case "gzip", "x-gzip" -> named = Math.max(named, weight);
          case "*" -> any = weight;
          default -> {}
        }
      }
    }
    return named >= 0 ? named > 0 : any > 0;
  }

  /** What is no weight is taken for zero: who cannot say what he takes gets it as it is. */
  private static double weight(String parameter) {
    String text = parameter.strip();
    if (!text.startsWith("q=") && !text.startsWith("Q=")) {
      return 0;
    }
    String value = text.substring(2);
    return value.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?") ? Double.parseDouble(value) : 0;
  }

  /** Says that the response depends on what the client accepts. */
  public static void vary(Headers response) {
    Vary.on(response, "Accept-Encoding");
  }

  /** Makes of a response's head that of the same response in gzip. */
  public static void compressed(Headers response) {
    response.remove(HeaderName.CONTENT_LENGTH);
    response.add(CONTENT_ENCODING, "gzip");
    int tag = response.find(ETAG);
    if (tag >= 0 && response.value(tag).startsWith("\"")) {
      // The bytes are others now: only equivalent (RFC 9110 §8.8.1).
      response.set(ETAG, "W/" + response.value(tag));
    }
  }
}
