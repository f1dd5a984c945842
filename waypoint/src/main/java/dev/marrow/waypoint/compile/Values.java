package dev.marrow.waypoint.compile;

import com.google.protobuf.ProtocolMessageEnum;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.marrow.http.HeaderName;
import dev.marrow.mesh.workload.ServiceKey;
import dev.marrow.waypoint.route.Backend;
import dev.marrow.waypoint.route.BackendTls;
import dev.marrow.waypoint.route.PathMatch;
import dev.marrow.waypoint.route.TextMatch;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Single values; each fails with its name, its value and what was expected. */
final class Values {
  private static final int REGEX_LENGTH = 4096;

  private Values() {}

  static IllegalArgumentException wrong(String name, Object value, String expected) {
    return new IllegalArgumentException("%s: '%s' (expected: %s)".formatted(name, value, expected));
  }

  /** A newer control plane's word: we must not guess what it means. */
  static IllegalArgumentException unknown(String name, ProtocolMessageEnum value) {
    return wrong(name, value, "a known value");
  }

  static HeaderName name(String text) {
    boolean token = !text.isEmpty();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      token &= c > 0x20 && c < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
    }
    if (!token) {
      throw wrong("header name", text, "a token");
    }
    return HeaderName.of(text);
  }

  static String value(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 && c != '\t' || c == 0x7f || c > 0xff) {
        throw wrong("header value", text, "no control characters");
      }
    }
    return text;
  }

  static Duration duration(com.google.protobuf.Duration duration) {
    Duration value = Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    if (value.isNegative() || value.compareTo(Duration.ofDays(365)) > 0) {
      throw wrong("duration", value, "0 to 365 days");
    }
    return value;
  }

  static Duration duration(
      boolean present, com.google.protobuf.Duration duration, Duration otherwise) {
    return present ? duration(duration) : otherwise;
  }

  static Pattern regex(String text, boolean ignoreCase) {
    if (text.length() > REGEX_LENGTH) {
      throw wrong("regex", text.substring(0, 32) + "…", "at most 4096 characters");
    }
    try {
      return Pattern.compile(text, ignoreCase ? Pattern.CASE_INSENSITIVE : 0);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("regex: '%s' (expected: RE2)".formatted(text), e);
    }
  }

  static TextMatch text(dev.marrow.proto.waypoint.StringMatch match) {
    boolean fold = match.getIgnoreCase();
    TextMatch plain =
        switch (match.getKindCase()) {
          case EXACT -> TextMatch.exact(folded(match.getExact(), fold));
          case PREFIX -> TextMatch.prefix(folded(match.getPrefix(), fold));
          case SUFFIX -> TextMatch.suffix(folded(match.getSuffix(), fold));
          case REGEX -> new TextMatch.Regex(regex(match.getRegex(), fold));
          case PRESENT -> TextMatch.present();
          case TEXT_PREFIX, KIND_NOT_SET -> throw wrong("string match", "none", "a known kind");
        };
    boolean folds = fold && !(plain instanceof TextMatch.Regex);
    return folds ? new TextMatch.IgnoringCase(plain) : plain;
  }

  static List<TextMatch> texts(List<dev.marrow.proto.waypoint.StringMatch> matches) {
    return matches.stream().map(Values::text).toList();
  }

  static PathMatch path(boolean present, dev.marrow.proto.waypoint.StringMatch match) {
    if (!present) {
      return PathMatch.ANY;
    }
    boolean fold = match.getIgnoreCase();
    PathMatch plain =
        switch (match.getKindCase()) {
          case EXACT -> new PathMatch.Exact(path(folded(match.getExact(), fold)));
          case PREFIX -> new PathMatch.Prefix(path(folded(match.getPrefix(), fold)));
          case TEXT_PREFIX -> new PathMatch.TextPrefix(path(folded(match.getTextPrefix(), fold)));
          case REGEX -> new PathMatch.Regex(regex(match.getRegex(), fold));
          case SUFFIX -> new PathMatch.Regex(regex(".*" + Pattern.quote(match.getSuffix()), fold));
          case PRESENT -> PathMatch.ANY;
          case KIND_NOT_SET -> throw wrong("path match", "none", "a known kind");
        };
    boolean folds = fold && !(plain instanceof PathMatch.Regex);
    return folds ? new PathMatch.IgnoringCase(plain) : plain;
  }

  private static String path(String path) {
    if (!path.startsWith("/")) {
      throw wrong("path", path, "a slash in front");
    }
    return path;
  }

  private static String folded(String text, boolean fold) {
    return fold ? text.toLowerCase(Locale.ROOT) : text;
  }

  static Backend backend(dev.marrow.proto.waypoint.Backend backend) {
    if (backend.getOriginalWorkload()) {
      return new Backend.OriginalWorkload();
    }
    if (backend.getHostname().isEmpty()) {
      return new Backend.Unresolved();
    }
    ServiceKey key = new ServiceKey(backend.getNamespace(), backend.getHostname());
    int port = port(backend.getPort());
    return new Backend.OfService(
        key, port, backend.getSubset(), tls(backend.hasTls(), backend.getTls()));
  }

  static int port(int port) {
    if (port < 1 || port > 65_535) {
      throw wrong("port", port, "1 to 65535");
    }
    return port;
  }

  static @Nullable BackendTls tls(boolean present, dev.marrow.proto.waypoint.BackendTls tls) {
    if (!present) {
      return null;
    }
    boolean nobody = tls.getCaCertificates().isEmpty() && !tls.getSystemRoots();
    return new BackendTls(
        tls.getHostname(),
        nobody ? BackendTls.NOBODY : tls.getCaCertificates(),
        tls.getSubjectAltNamesList());
  }
}
