package dev.marrow.waypoint.authorize;

/**
 * Where a request comes from. All parts must hold.
 *
 * @param accounts {@code namespace/name}
 */
public record Source(
    Texts principals,
    Texts requestPrincipals,
    Texts namespaces,
    Texts accounts,
    Blocks ips,
    Blocks remoteIps) {
  /** Everybody. */
  public static final Source ANY =
      new Source(Texts.ANY, Texts.ANY, Texts.ANY, Texts.ANY, Blocks.ANY, Blocks.ANY);

  boolean matches(RequestFacts facts) {
    Caller caller = facts.caller();
    return admits(principals, caller.principal())
        && admits(requestPrincipals, facts.token().principal())
        && admits(namespaces, caller.namespace())
        && (accounts.isAny() || admits(accounts, caller.namespace() + "/" + caller.account()))
        && ips.admits(caller.ip())
        && remoteIps.admits(caller.ip());
  }

  boolean isAny() {
    return equals(ANY);
  }

  boolean needsHttp() {
    return !requestPrincipals.isAny() || !remoteIps.equals(Blocks.ANY);
  }

  private static boolean admits(Texts texts, String text) {
    return texts.isAny() || texts.admits(text);
  }
}
