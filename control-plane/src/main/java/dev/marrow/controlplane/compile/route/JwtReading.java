package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Fields;
import dev.marrow.controlplane.compile.TargetRef;
import dev.marrow.proto.waypoint.ClaimToHeader;
import dev.marrow.proto.waypoint.JwtHeader;
import dev.marrow.proto.waypoint.JwtProvider;
import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.List;

/** Reads a RequestAuthentication strictly. */
public final class JwtReading {
  private JwtReading() {}

  /** Checks {@code object}; what is wrong is added to {@code errors}. */
  public static void check(KubeObject object, List<String> errors) {
    read(object, errors, new ArrayList<>());
  }

  static List<JwtProvider> read(KubeObject object, List<String> errors, List<String> notes) {
    Fields spec = Fields.of(object.spec(), "spec", errors, notes);
    TargetRef.read(spec);
    spec.unsupported("selector");
    List<JwtProvider> providers = spec.list("jwtRules").stream().map(JwtReading::rule).toList();
    spec.done();
    return providers;
  }

  private static JwtProvider rule(Fields rule) {
    JwtProvider.Builder builder =
        JwtProvider.newBuilder()
            .setIssuer(rule.text("issuer", ""))
            .addAllAudiences(rule.texts("audiences"))
            .setJwksUri(rule.text("jwksUri", rule.text("jwks_uri", "")))
            .setJwks(rule.text("jwks", ""))
            .addAllFromParams(rule.texts("fromParams"))
            .addAllFromCookies(rule.texts("fromCookies"))
            .setOutputPayloadToHeader(rule.text("outputPayloadToHeader", ""))
            .setForwardOriginalToken(rule.flag("forwardOriginalToken", false));
    if (builder.getJwks().isEmpty() == builder.getJwksUri().isEmpty()) {
      rule.reject("jwks", "expected: either jwks or jwksUri");
    }
    for (Fields header : rule.list("fromHeaders")) {
      builder.addFromHeaders(
          JwtHeader.newBuilder().setName(header.text("name")).setPrefix(header.text("prefix", "")));
    }
    for (Fields claim : rule.list("outputClaimToHeaders")) {
      builder.addClaimsToHeaders(
          ClaimToHeader.newBuilder().setHeader(claim.text("header")).setClaim(claim.text("claim")));
    }
    rule.unsupported("timeout", "spaceDelimitedClaims");
    return builder.build();
  }
}
