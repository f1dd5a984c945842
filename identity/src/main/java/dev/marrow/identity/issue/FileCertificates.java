package dev.marrow.identity.issue;

import dev.marrow.identity.CertificateSource;
import dev.marrow.identity.Pem;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.SvidVerifier;
import dev.marrow.identity.TrustDomain;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.issue.Issue.Issued;
import dev.marrow.identity.issue.Issue.NotIssued;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One certificate, kept fresh by somebody else in PEM files. Files that do not fit together are
 * reported and not used; what was read before stays. Thread-safe.
 */
public final class FileCertificates implements CertificateSource {
  private static final Logger LOG = LoggerFactory.getLogger(FileCertificates.class);
  private static final Duration PERIOD = Duration.ofSeconds(2);

  private final Files files;
  private final Clock clock;
  private final Shelf shelf;
  private final FileWatch watch;

  /**
   * Where they are.
   *
   * @param chain the leaf first
   * @param roots of the leaf's trust domain and its {@code aliases}
   */
  public record Files(Path chain, Path key, Path roots, Set<TrustDomain> aliases) {
    public Files {
      aliases = Set.copyOf(aliases);
    }
  }

  private FileCertificates(Files files, Clock clock, Timer timer) {
    this.files = files;
    this.clock = clock;
    this.shelf = new Shelf(clock, false, new NotIssued(Issue.Reason.BAD_CREDENTIALS, "not read"));
    this.watch =
        FileWatch.start(
            timer, PERIOD, List.of(files.chain(), files.key(), files.roots()), this::load);
    load();
  }

  /** The certificate in {@code files}, looked at every two seconds. */
  public static FileCertificates watch(Files files) {
    return watch(files, Clock.systemUTC(), Timer.system());
  }

  static FileCertificates watch(Files files, Clock clock, Timer timer) {
    return new FileCertificates(files, clock, timer);
  }

  @Override
  public CompletionStage<WorkloadCertificate> certificate(SpiffeId id) {
    return shelf.certificate(id);
  }

  @Override
  public Optional<WorkloadCertificate> current(SpiffeId id) {
    return shelf.current(id);
  }

  /** Does nothing: the files are not ours. */
  @Override
  public void forget(SpiffeId id) {}

  @Override
  public void onRenewed(Consumer<WorkloadCertificate> listener) {
    shelf.onRenewed(listener);
  }

  @Override
  public void close() {
    watch.stop();
  }

  private void load() {
    switch (read()) {
      case Issued(WorkloadCertificate certificate) -> {
        LOG.info("read {}", certificate);
        shelf.put(List.of(certificate));
      }
      case NotIssued why -> {
        LOG.warn("{}: not used: {}", files.chain(), why.detail());
        shelf.fail(why);
      }
    }
  }

  private Issue read() {
    try {
      String chain = new FileOrText.File(files.chain()).read();
      String roots = new FileOrText.File(files.roots()).read();
      PrivateKey key = Pem.privateKey(new FileOrText.File(files.key()).read());
      List<X509Certificate> certificates = Pem.certificates(chain);
      if (certificates.isEmpty()) {
        return new NotIssued(Issue.Reason.BAD_CREDENTIALS, "no certificate");
      }
      X509Certificate leaf = certificates.getFirst();
      if (!KeyMatch.matches(leaf.getPublicKey(), key)) {
        return new NotIssued(Issue.Reason.BAD_CREDENTIALS, "key of another certificate");
      }
      return new CsrAnswer(
              SvidVerifier.claimedId(leaf),
              new KeyPair(leaf.getPublicKey(), key),
              files.aliases(),
              clock)
          .check(List.of(chain, roots));
    } catch (UncheckedIOException | IllegalArgumentException broken) {
      return new NotIssued(Issue.Reason.BAD_CREDENTIALS, String.valueOf(broken.getMessage()));
    }
  }
}
