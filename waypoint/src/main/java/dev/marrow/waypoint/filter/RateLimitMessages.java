package dev.marrow.waypoint.filter;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import dev.marrow.waypoint.authorize.Caller;
import dev.marrow.waypoint.route.HeaderChange;
import dev.marrow.waypoint.route.RateLimit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The few messages of {@code envoy.service.ratelimit.v3.RateLimitService} that we send and
 * understand. A limit is one descriptor: {@code generic_key} with the limit's name, then its keys.
 * Field numbers are Envoy's.
 */
public final class RateLimitMessages {
  private static final int OVER_LIMIT = 2;

  /** What the service said. */
  public record Decision(
      boolean admitted, List<HeaderChange.Field> onResponse, List<HeaderChange.Field> onRequest) {}

  private record Entry(String key, String value) {}

  private RateLimitMessages() {}

  /**
   * A RateLimitRequest; empty if no limit counts the request. As in Envoy, a limit does not count a
   * request that lacks one of its keys.
   *
   * @param limits of one domain
   */
  public static Optional<byte[]> question(
      List<RateLimit.Global> limits, Headers request, Caller caller, String route) {
    List<byte[]> descriptors = new ArrayList<>();
    for (RateLimit.Global limit : limits) {
      List<Entry> entries = entries(limit, request, caller, route);
      if (!entries.isEmpty() && limit.counts(request)) {
        descriptors.add(descriptor(entries));
      }
    }
    if (descriptors.isEmpty()) {
      return Optional.empty();
    }
    String domain = limits.getFirst().domain();
    return Optional.of(
        GrpcFrame.of(
            Wire.message(out -> {
              out.writeString(1, domain);
              for (byte[] descriptor : descriptors) {
                out.writeByteArray(2, descriptor);
              }
            })));
  }

  private static List<Entry> entries(
      RateLimit.Global limit, Headers request, Caller caller, String route) {
    List<Entry> entries = new ArrayList<>();
    entries.add(new Entry("generic_key", limit.name()));
    for (RateLimit.Key key : limit.keys()) {
      String value = LimitKeys.value(key, request, caller, route);
      if (value.isEmpty()) {
        return List.of();
      }
      entries.add(new Entry(LimitKeys.name(key), value));
    }
    return entries;
  }

  private static byte[] descriptor(List<Entry> entries) {
    return Wire.message(out -> {
      for (Entry entry : entries) {
        out.writeByteArray(
            1,
            Wire.message(pair -> {
              pair.writeString(1, entry.key());
              pair.writeString(2, entry.value());
            }));
      }
    });
  }

  /** Reads a RateLimitResponse; empty if it is none. */
  public static Optional<Decision> answer(byte[] body) {
    try {
      Optional<byte[]> message = GrpcFrame.message(body);
      return message.isEmpty() ? Optional.empty() : Optional.of(read(message.get()));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Decision read(byte[] message) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(message);
    int code = 0;
    List<HeaderChange.Field> response = new ArrayList<>();
    List<HeaderChange.Field> request = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> code = in.readEnum();
        case 3 -> header(Wire.nested(in), response);
        case 4 -> header(Wire.nested(in), request);
        default -> in.skipField(tag);
      }
    }
    return new Decision(code != OVER_LIMIT, response, request);
  }

  private static void header(CodedInputStream in, List<HeaderChange.Field> into)
      throws IOException {
    String name = "";
    String value = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> name = in.readStringRequireUtf8();
        case 2, 3 -> value = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    if (!name.isEmpty() && name.charAt(0) != ':') {
      into.add(new HeaderChange.Field(HeaderName.of(name), value));
    }
  }
}
