package dev.marrow.controlplane.authority;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.authority.Authority;
import dev.marrow.identity.authority.CertificateRequest;
import dev.marrow.proto.ca.IstioCertificateRequest;
import dev.marrow.proto.ca.IstioCertificateResponse;
import dev.marrow.proto.ca.IstioCertificateServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The CSR service: signs for the identity that the policy grants to the caller, whatever the
 * request asks for besides. Thread-safe; calls may block and run on virtual threads.
 */
public final class CertificateService
    extends IstioCertificateServiceGrpc.IstioCertificateServiceImplBase {
  private static final Logger log = LoggerFactory.getLogger(CertificateService.class);
  private static final String METHOD =
      IstioCertificateServiceGrpc.getCreateCertificateMethod().getFullMethodName();

  /** How long certificates may live. */
  public record Lives(Duration standard, Duration longest) {}

  private final IdentityPolicy policy;
  private final Authority authority;
  private final Lives lives;
  private final BiConsumer<String, Refusal> count;
  private final Runnable issued;

  /**
   * Signs with {@code authority}.
   *
   * @param count counts a refusal, by method
   * @param issued counts a certificate
   */
  public CertificateService(
      IdentityPolicy policy,
      Authority authority,
      Lives lives,
      BiConsumer<String, Refusal> count,
      Runnable issued) {
    this.policy = policy;
    this.authority = authority;
    this.lives = lives;
    this.count = count;
    this.issued = issued;
  }

  @Override
  public void createCertificate(
      IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> answer) {
    Caller caller = Caller.CURRENT.get();
    try {
      switch (policy.decide(caller, impersonated(request))) {
        case IdentityPolicy.Decision.Granted(SpiffeId id) -> sign(caller, request, id, answer);
        case IdentityPolicy.Decision.Refused(Refusal reason, String detail) ->
            refuse(caller, Status.PERMISSION_DENIED, reason, detail, answer);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer.onError(Status.UNAVAILABLE.withDescription("stopping").asRuntimeException());
    }
  }

  private static Optional<String> impersonated(IstioCertificateRequest request) {
    Struct metadata = request.getMetadata();
    return Optional.ofNullable(metadata.getFieldsMap().get("ImpersonatedIdentity"))
        .map(Value::getStringValue)
        .filter(text -> !text.isEmpty());
  }

  private void sign(
      Caller caller,
      IstioCertificateRequest request,
      SpiffeId id,
      StreamObserver<IstioCertificateResponse> answer) {
    if (request.getValidityDuration() < 0) {
      refuse(caller, Status.INVALID_ARGUMENT, Refusal.VALIDITY, "negative", answer);
      return;
    }
    CertificateRequest csr;
    try {
      csr = CertificateRequest.parse(request.getCsr());
    } catch (IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage());
      refuse(caller, Status.INVALID_ARGUMENT, Refusal.CSR_MALFORMED, why, answer);
      return;
    }
    if (!csr.uris().stream().allMatch(id.toString()::equals)) {
      String why = "asks for %s (expected: %s)".formatted(csr.uris(), id);
      refuse(caller, Status.PERMISSION_DENIED, Refusal.CSR_MALFORMED, why, answer);
      return;
    }
    List<X509Certificate> chain = authority.sign(csr, id, life(request.getValidityDuration()));
    log.debug("certificate for {} given to {}", id, caller.account());
    issued.run();
    answer.onNext(
        IstioCertificateResponse.newBuilder()
            .addAllCertChain(chain.stream().map(Pem::certificate).toList())
            .addCertChain(Pem.certificates(authority.roots()))
            .build());
    answer.onCompleted();
  }

  private Duration life(long seconds) {
    if (seconds == 0) {
      return lives.standard();
    }
    return seconds > lives.longest().toSeconds() ? lives.longest() : Duration.ofSeconds(seconds);
  }

  private void refuse(
      Caller caller,
      Status status,
      Refusal reason,
      String detail,
      StreamObserver<IstioCertificateResponse> answer) {
    count.accept(METHOD, reason);
    log.warn("certificate refused to {}: {}: {}", caller.account(), reason, detail);
    answer.onError(status.withDescription(reason + ": " + detail).asRuntimeException());
  }
}
