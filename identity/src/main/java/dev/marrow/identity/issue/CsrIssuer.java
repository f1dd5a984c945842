package dev.marrow.identity.issue;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.issue.Issue.NotIssued;
import dev.marrow.proto.ca.IstioCertificateRequest;
import dev.marrow.proto.ca.IstioCertificateResponse;
import dev.marrow.proto.ca.IstioCertificateServiceGrpc;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.concurrent.TimeUnit;

/**
 * Asks a CSR service ({@code istio.v1.auth.IstioCertificateService}) for certificates. Thread-safe;
 * blocks its caller.
 */
final class CsrIssuer implements Issuer {
  private static final Metadata.Key<String> AUTHORIZATION = header("authorization");

  private final CsrSettings settings;
  private final Clock clock;
  private final CsrChannel channel;

  CsrIssuer(CsrSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.channel = new CsrChannel(settings);
  }

  @Override
  public Issue issue(SpiffeId id) {
    SigningRequest request = SigningRequest.of(id);
    try {
      IstioCertificateResponse answer = call(channel.open(), id, request);
      return new CsrAnswer(id, request.key(), settings.aliases(), clock)
          .check(answer.getCertChainList());
    } catch (StatusRuntimeException refused) {
      return failure(refused);
    } catch (UncheckedIOException | IllegalArgumentException credentials) {
      return new NotIssued(Issue.Reason.BAD_CREDENTIALS, String.valueOf(credentials.getMessage()));
    }
  }

  @Override
  public void close() {
    channel.close();
  }

  private IstioCertificateResponse call(Channel open, SpiffeId id, SigningRequest request) {
    return IstioCertificateServiceGrpc.newBlockingStub(open)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers()))
        .withDeadlineAfter(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .createCertificate(message(id, request));
  }

  private IstioCertificateRequest message(SpiffeId id, SigningRequest request) {
    IstioCertificateRequest.Builder message =
        IstioCertificateRequest.newBuilder()
            .setCsr(request.pem())
            .setValidityDuration(settings.ttl().toSeconds());
    if (settings.impersonate()) {
      Value name = Value.newBuilder().setStringValue(id.toString()).build();
      message.setMetadata(Struct.newBuilder().putFields("ImpersonatedIdentity", name));
    }
    return message.build();
  }

  // Made for each request: a projected token is replaced long before it expires.
  private Metadata headers() {
    Metadata headers = new Metadata();
    settings.headers().forEach((name, value) -> headers.put(header(name), value));
    if (settings.credentials() instanceof Credentials.Bearer(FileOrText token)) {
      headers.put(AUTHORIZATION, "Bearer " + token.read());
    }
    return headers;
  }

  private static Issue failure(StatusRuntimeException refused) {
    Issue.Reason reason =
        switch (refused.getStatus().getCode()) {
          case UNAUTHENTICATED -> Issue.Reason.UNAUTHENTICATED;
          case PERMISSION_DENIED -> Issue.Reason.DENIED;
          case UNAVAILABLE -> Issue.Reason.UNREACHABLE;
          case DEADLINE_EXCEEDED -> Issue.Reason.TIMEOUT;
          default -> Issue.Reason.REFUSED;
        };
    Throwable cause = refused.getCause();
    String why = cause == null ? "" : " (" + cause.getMessage() + ")";
    return new NotIssued(reason, refused.getMessage() + why);
  }

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
