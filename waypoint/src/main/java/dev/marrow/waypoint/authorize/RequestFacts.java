package dev.marrow.waypoint.authorize;

import dev.marrow.http.Headers;
import java.net.InetSocketAddress;

/**
 * All that policies judge.
 *
 * @param destination what the client addressed
 * @param sni of TLS inside the tunnel; "" if there was none
 * @param host in lower case, with its port if the client sent one; "" for plain TCP
 * @param path normalised, without the query; "" for plain TCP
 */
public record RequestFacts(
    Caller caller,
    InetSocketAddress destination,
    String sni,
    String host,
    String method,
    String path,
    Headers headers,
    Token token,
    boolean http) {
  /** Facts of a connection that carries no HTTP. */
  public static RequestFacts ofConnection(
      Caller caller, InetSocketAddress destination, String sni) {
    return new RequestFacts(
        caller, destination, sni, "", "", "", new Headers(1, 0), Token.NONE, false);
  }
}
