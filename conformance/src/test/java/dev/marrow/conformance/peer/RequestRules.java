package dev.marrow.conformance.peer;

import dev.marrow.conformance.wire.ErrorCode;
import dev.marrow.conformance.wire.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a request has to look like. Confined to the reader of its connection. */
final class RequestRules {
  /** Where a tunnel goes. */
  record Target(String host, int port) {}

  private static final Pattern AUTHORITY =
      Pattern.compile("([0-9.]+|\\[[0-9a-f:]+]):([1-9][0-9]{0,4})");
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9a-z-]+");
  private static final Pattern VALUE =
      Pattern.compile(
          "[\\x21-\\x7e\\x80-\\xff]?|[\\x21-\\x7e\\x80-\\xff][\\x20-\\x7e\\t\\x80-\\xff]*"
              + "[\\x21-\\x7e\\x80-\\xff]");
  private static final Set<String> FORBIDDEN =
      Set.of("connection", "transfer-encoding", "upgrade", "keep-alive", "proxy-connection");
  private static final Set<String> PSEUDO = Set.of(":method", ":authority", ":scheme", ":path");

  private final InetSocketAddress own;
  private final Set<Defect> defects;
  private int status = 400;

  RequestRules(InetSocketAddress own, Set<Defect> defects) {
    this.own = own;
    this.defects = defects;
  }

  /** The answer for the request that {@link #judge} has just given no target. */
  int status() {
    return status;
  }

  Optional<Target> judge(int stream, List<Field> fields) throws Violation {
    Map<String, String> pseudo = pseudo(stream, fields);
    status = 400;
    String method = pseudo.getOrDefault(":method", "");
    if (method.isEmpty() && !defects.contains(Defect.ACCEPTS_MISSING_PSEUDO_FIELDS)) {
      throw new Violation(stream, ErrorCode.PROTOCOL_ERROR);
    }
    if (!isConnect(method)) {
      status = 405;
      return Optional.empty();
    }
    boolean more = pseudo.containsKey(":scheme") || pseudo.containsKey(":path");
    if (more && method.equals("CONNECT") && !defects.contains(Defect.ACCEPTS_SCHEME_AND_PATH)
        || !pseudo.containsKey(":authority")) {
      throw new Violation(stream, ErrorCode.PROTOCOL_ERROR);
    }
    return target(pseudo.getOrDefault(":authority", ""));
  }

  private boolean isConnect(String method) {
    return method.equals("CONNECT")
        || method.isEmpty()
        || defects.contains(Defect.FOLDS_METHOD_CASE)
            && method.strip().toUpperCase(Locale.ROOT).equals("CONNECT")
        || defects.contains(Defect.PROXIES_OTHER_METHODS);
  }

  private Map<String, String> pseudo(int stream, List<Field> fields) throws Violation {
    Map<String, String> pseudo = new HashMap<>();
    boolean regular = false;
    for (Field field : fields) {
      boolean special = field.name().startsWith(":");
      boolean wrong =
          special
              ? regular
                  || !PSEUDO.contains(field.name())
                  || pseudo.put(field.name(), field.value()) != null
              : malformed(field) && !defects.contains(Defect.ACCEPTS_ANY_FIELD);
      if (wrong) {
        throw new Violation(stream, ErrorCode.PROTOCOL_ERROR);
      }
      regular |= !special;
    }
    return pseudo;
  }

  private static boolean malformed(Field field) {
    return !NAME.matcher(field.name()).matches()
        || !VALUE.matcher(field.value()).matches()
        || FORBIDDEN.contains(field.name())
        || field.name().equals("te") && !field.value().equals("trailers");
  }

  private Optional<Target> target(String authority) {
    Matcher parts = AUTHORITY.matcher(authority);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String host = parts.group(1).replaceAll("[\\[\\]]", "");
    int port = Integer.parseInt(parts.group(2));
    boolean here =
        InetAddress.ofLiteral(host).equals(own.getAddress())
            || defects.contains(Defect.DIALS_ANY_ADDRESS);
    boolean loop = port == own.getPort() || port >= 15_000 && port < 15_100;
    return here && !loop && port < 65_536 ? Optional.of(new Target(host, port)) : Optional.empty();
  }
}
