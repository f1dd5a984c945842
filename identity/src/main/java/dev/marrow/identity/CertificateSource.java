package dev.marrow.identity;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Where certificates come from: the CSR service, the SPIFFE Workload API, or files. Thread-safe.
 */
public interface CertificateSource extends AutoCloseable {
  /**
   * The certificate for {@code id}, fetched first if need be; fails with the reason when there is
   * none to be had.
   */
  CompletionStage<WorkloadCertificate> certificate(SpiffeId id);

  /** The certificate for {@code id} if one that is still valid is at hand. Never blocks. */
  Optional<WorkloadCertificate> current(SpiffeId id);

  /** Stops renewing {@code id} and drops its key. */
  void forget(SpiffeId id);

  /** Calls {@code listener} with each new certificate, on the source's own thread. */
  void onRenewed(Consumer<WorkloadCertificate> listener);

  @Override
  void close();
}
