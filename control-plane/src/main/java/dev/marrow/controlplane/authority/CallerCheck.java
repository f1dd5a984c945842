package dev.marrow.controlplane.authority;

import dev.marrow.controlplane.authority.Authentication.Known;
import dev.marrow.controlplane.authority.Authentication.Refused;
import dev.marrow.identity.PeerRole;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.SvidVerifier;
import dev.marrow.identity.TrustBundle;
import dev.marrow.identity.Verdict;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before every call and asks who it comes from: by the token, else by the certificate of the
 * connection. Thread-safe.
 */
public final class CallerCheck implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(CallerCheck.class);
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String BEARER = "Bearer ";

  private final TokenCheck tokens;
  private final SvidVerifier certificates;
  private final Supplier<TrustBundle> trust;
  private final BiConsumer<String, Refusal> count;

  /**
   * Checks with these.
   *
   * @param count counts a refusal, by the method that was called
   */
  public CallerCheck(
      TokenCheck tokens,
      SvidVerifier certificates,
      Supplier<TrustBundle> trust,
      BiConsumer<String, Refusal> count) {
    this.tokens = tokens;
    this.certificates = certificates;
    this.trust = trust;
    this.count = count;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String method = call.getMethodDescriptor().getFullMethodName();
    return switch (authenticate(call, headers)) {
      case Known(Caller caller) ->
          Contexts.interceptCall(
              Context.current().withValue(Caller.CURRENT, caller), call, headers, next);
      case Refused(Refusal reason, String detail) -> {
        count.accept(method, reason);
        log.warn(
            "{} refused to {}: {}: {}",
            method,
            call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR),
            reason,
            detail);
        Status status = reason.ours() ? Status.UNAVAILABLE : Status.UNAUTHENTICATED;
        call.close(status.withDescription(reason + ": " + detail), new Metadata());
        yield new ServerCall.Listener<>() {};
      }
    };
  }

  private Authentication authenticate(ServerCall<?, ?> call, Metadata headers) {
    @Nullable String authorization = headers.get(AUTHORIZATION);
    if (authorization != null) {
      return authorization.startsWith(BEARER)
          ? tokens.verify(authorization.substring(BEARER.length()).strip())
          : new Refused(Refusal.TOKEN_MALFORMED, "not a bearer token");
    }
    @Nullable SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    List<X509Certificate> chain = session == null ? List.of() : chain(session);
    return chain.isEmpty()
        ? new Refused(Refusal.NO_CREDENTIALS, "neither a token nor a certificate")
        : certificate(chain);
  }

  private static List<X509Certificate> chain(SSLSession session) {
    List<X509Certificate> chain = new ArrayList<>();
    try {
      for (Certificate certificate : session.getPeerCertificates()) {
        if (certificate instanceof X509Certificate x509) {
          chain.add(x509);
        }
      }
    } catch (SSLPeerUnverifiedException e) {
      return List.of();
    }
    return chain;
  }

  private Authentication certificate(List<X509Certificate> chain) {
    return switch (certificates.verify(chain, PeerRole.CLIENT, trust.get())) {
      case Verdict.Verified(SpiffeId id, List<X509Certificate> path) -> known(id);
      case Verdict.Refused refused -> new Refused(Refusal.CERTIFICATE, refused.detail());
    };
  }

  private static Authentication known(SpiffeId id) {
    Optional<String> namespace = id.namespace();
    Optional<String> account = id.serviceAccount();
    return namespace.isPresent() && account.isPresent()
        ? new Known(new Caller(namespace.get(), account.get(), Optional.empty()))
        : new Refused(Refusal.CERTIFICATE, id + " (expected: …/ns/…/sa/…)");
  }
}
