package dev.marrow.waypoint.proxy;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.http.h1.Authority;
import dev.marrow.waypoint.authorize.PathNormalization;
import dev.marrow.waypoint.authorize.RequestFacts;
import dev.marrow.waypoint.authorize.Token;
import dev.marrow.waypoint.report.Flag;
import dev.marrow.waypoint.route.HeaderChange;
import dev.marrow.waypoint.route.RequestTexts;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is done to every request's head before anybody judges it. */
final class RequestHeads {
  static final HeaderName CONTENT_TYPE = HeaderName.of("content-type");
  static final HeaderName GRPC_TIMEOUT = HeaderName.of("grpc-timeout");
  static final HeaderName REQUEST_ID = HeaderName.of("x-request-id");
  static final HeaderName FORWARDED_PROTO = HeaderName.of("x-forwarded-proto");
  static final HeaderName CLIENT_CERT = HeaderName.of("x-forwarded-client-cert");
  private static final HeaderName WEBSOCKET_KEY = HeaderName.of("sec-websocket-key");

  /** Not served. */
  record Refused(int status, Flag flag, String detail) {}

  private RequestHeads() {}

  /** Gives the request its one form; null if it has one. */
  static @Nullable Refused prepare(Headers request, PathNormalization level, Worker worker) {
    boolean connect = request.valueIs(request.find(HeaderName.METHOD), "CONNECT");
    boolean upgrade = request.contains(HeaderName.PROTOCOL);
    if (connect && !upgrade) {
      return new Refused(405, Flag.DPE, "connect_not_allowed");
    }
    if (connect) {
      // RFC 8441's CONNECT asks for what HTTP/1 asks by GET; policies know the latter.
      HeaderChange.method(request, "GET");
    }
    oneAuthority(request);
    if (!authority(request)) {
      return new Refused(400, Flag.DPE, "authority_malformed");
    }
    String target = RequestTexts.target(request);
    if (!ascii(target)) {
      return new Refused(400, Flag.DPE, "path_not_ascii");
    }
    Optional<String> normal = target.equals("*") ? Optional.of(target) : level.apply(target);
    if (normal.isEmpty()) {
      return new Refused(400, Flag.DPE, "path_normalization_failed");
    }
    if (!normal.get().equals(target)) {
      HeaderChange.path(request, normal.get());
    }
    if (!request.contains(REQUEST_ID)) {
      request.add(REQUEST_ID, Tracing.requestId(worker.random()));
    }
    if (!request.contains(FORWARDED_PROTO)) {
      request.add(FORWARDED_PROTO, "http");
    }
    return null;
  }

  /**
   * In HTTP/2 a client may name its host in a field, beside the authority or instead of it (RFC
   * 9113 §8.3.1): what is judged is also what goes on, and nothing else.
   */
  private static void oneAuthority(Headers request) {
    if (!request.contains(HeaderName.AUTHORITY)) {
      Headers before = request.copy();
      request.clear();
      request.add(HeaderName.AUTHORITY, before.first(HeaderName.HOST).orElse(""));
      for (int i = 0; i < before.size(); i++) {
        request.add(before, i);
      }
    }
    request.remove(HeaderName.HOST);
  }

  /**
   * HTTP/1 has looked at it already. What a policy takes for another host, as {@code user@host}, an
   * endpoint may read as this one (RFC 9113 §8.3.1).
   */
  private static boolean authority(Headers request) {
    int index = request.find(HeaderName.AUTHORITY);
    if (index < 0 || request.valueLength(index) == 0) {
      return true;
    }
    int start = request.valueStart(index);
    return Authority.valid(request.array(), start, start + request.valueLength(index));
  }

  private static boolean ascii(String target) {
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c <= 0x20 || c >= 0x7f || c == '#') {
        return false;
      }
    }
    return true;
  }

  /** Nobody but us says who the client is. */
  static void identity(Headers request, Client client, String own, boolean forward) {
    request.remove(CLIENT_CERT);
    if (forward && !client.caller().principal().isEmpty()) {
      request.add(CLIENT_CERT, "By=" + own + ";URI=spiffe://" + client.caller().principal());
    }
  }

  /** With the texts that the ledger has made already. */
  static RequestFacts facts(
      Headers request, Ledger texts, Client client, Site.Bound site, Token token) {
    String target = texts.path();
    int mark = target.indexOf('?');
    return new RequestFacts(
        client.caller(),
        site.address(),
        "",
        texts.authority().toLowerCase(Locale.ROOT),
        texts.method(),
        mark < 0 ? target : target.substring(0, mark),
        request,
        token,
        true);
  }

  static boolean grpc(Headers request) {
    int type = request.find(CONTENT_TYPE);
    if (type < 0) {
      return false;
    }
    String value = request.value(type).toLowerCase(Locale.ROOT);
    return value.equals("application/grpc")
        || value.startsWith("application/grpc+")
        || value.startsWith("application/grpc;");
  }

  /** The smaller of the rule's time and the one a gRPC client gives. */
  static Duration timeout(Headers request, Duration rule) {
    int index = request.find(GRPC_TIMEOUT);
    if (index < 0 || !grpc(request)) {
      return rule;
    }
    Duration asked = grpcTimeout(request.value(index));
    return asked.isZero() || !rule.isZero() && rule.compareTo(asked) < 0 ? rule : asked;
  }

  /** Up to eight digits and a unit; zero for anything else. */
  static Duration grpcTimeout(String text) {
    int length = text.length() - 1;
    if (length < 1 || length > 8) {
      return Duration.ZERO;
    }
    long amount = 0;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return Duration.ZERO;
      }
      amount = amount * 10 + c - '0';
    }
    return switch (text.charAt(length)) {
      case 'H' -> Duration.ofHours(Math.min(amount, 24 * 365));
      case 'M' -> Duration.ofMinutes(Math.min(amount, 60 * 24 * 365));
      case 'S' -> Duration.ofSeconds(amount);
      case 'm' -> Duration.ofMillis(amount);
      case 'u' -> Duration.ofNanos(amount * 1_000);
      case 'n' -> Duration.ofNanos(amount);
      default -> Duration.ZERO;
    };
  }

  /** In HTTP/2 pseudo-headers come before all others (RFC 9113 §8.3); the method is the first. */
  private static void protocolFirst(Headers headers) {
    String protocol = headers.first(HeaderName.PROTOCOL).orElse("websocket");
    Headers before = headers.copy();
    headers.clear();
    for (int i = 0; i < before.size(); i++) {
      if (!before.nameIs(i, HeaderName.PROTOCOL)) {
        headers.add(before, i);
      }
      if (before.nameIs(i, HeaderName.METHOD)) {
        headers.add(HeaderName.PROTOCOL, protocol);
      }
    }
  }

  /**
   * The head as it goes to an endpoint that speaks HTTP/1 or HTTP/2; the request's own if it fits.
   */
  static Headers forEndpoint(Headers request, boolean http2, Worker worker) {
    if (!request.contains(HeaderName.PROTOCOL)) {
      return request;
    }
    Headers copy = request.copy();
    if (http2) {
      HeaderChange.method(copy, "CONNECT");
      protocolFirst(copy);
      copy.remove(WEBSOCKET_KEY);
    } else if (!copy.contains(WEBSOCKET_KEY)) {
      copy.add(WEBSOCKET_KEY, WebSockets.key(worker.random()));
    }
    return copy;
  }
}
