package dev.marrow.identity.issue;

import dev.marrow.identity.CertificateSource;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.TrustBundle;
import dev.marrow.identity.WorkloadCertificate;
import dev.marrow.identity.issue.Issue.Issued;
import dev.marrow.identity.issue.Issue.NotIssued;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates asked for one by one and kept fresh: one per identity, renewed at half of its life.
 * While a renewal fails, the old one serves as long as it is valid; when there is none, who asks
 * fails at once with the last reason until a retry succeeds. Thread-safe; each request runs on a
 * virtual thread of its own.
 */
public final class IssuedCertificates implements CertificateSource {
  private static final Logger LOG = LoggerFactory.getLogger(IssuedCertificates.class);
  private static final double RENEWAL_SPREAD = 0.1;
  private static final Duration SOONEST = Duration.ofSeconds(1);
  private static final Duration ROOT_CHECK = Duration.ofSeconds(1);
  private static final int MAX_BUNDLES = 64;

  private final Issuer issuer;
  private final IssueSettings settings;
  private final Schedule schedule;
  private final FetchQueue queue;
  private final ConcurrentMap<SpiffeId, IssuedEntry> entries = new ConcurrentHashMap<>();
  private final List<Consumer<WorkloadCertificate>> listeners = new CopyOnWriteArrayList<>();
  private final Set<TrustBundle> bundles = new HashSet<>();
  private final AtomicBoolean foundNobody = new AtomicBoolean();
  private volatile @Nullable FileWatch rootWatch;

  /** Time and chance, so that tests decide about both. */
  record Schedule(Clock clock, Timer timer, RandomGenerator random, Executor threads) {}

  IssuedCertificates(Issuer issuer, IssueSettings settings, Schedule schedule) {
    this.issuer = issuer;
    this.settings = settings;
    this.schedule = schedule;
    this.queue =
        new FetchQueue(settings.parallel(), schedule.threads(), this::fetch, this::awaited);
  }

  /** Certificates of a CSR service. A change of its root file renews all of them. */
  public static IssuedCertificates fromService(CsrSettings service, IssueSettings settings) {
    Clock clock = Clock.systemUTC();
    Schedule schedule = system(clock);
    IssuedCertificates certificates =
        new IssuedCertificates(new CsrIssuer(service, clock), settings, schedule);
    certificates.renewOnChangeOf(service.roots());
    return certificates;
  }

  /** At most once. */
  void renewOnChangeOf(FileOrText roots) {
    if (roots instanceof FileOrText.File(Path path)) {
      rootWatch = FileWatch.start(schedule.timer(), ROOT_CHECK, List.of(path), this::renewAll);
    }
  }

  static Schedule system(Clock clock) {
    return new Schedule(
        clock,
        Timer.system(),
        RandomGenerator.getDefault(),
        task -> Thread.ofVirtual().name("certificate-fetch").start(task));
  }

  @Override
  public CompletionStage<WorkloadCertificate> certificate(SpiffeId id) {
    return ask(id, Priority.REALTIME);
  }

  /** Fetches the certificate for {@code id} if there is none, behind those that somebody needs. */
  public CompletionStage<WorkloadCertificate> warm(SpiffeId id) {
    return ask(id, Priority.WARMUP);
  }

  @Override
  public Optional<WorkloadCertificate> current(SpiffeId id) {
    IssuedEntry entry = entries.get(id);
    return entry == null ? Optional.empty() : entry.valid(schedule.clock().instant());
  }

  @Override
  public void forget(SpiffeId id) {
    queue.remove(id);
    IssuedEntry entry = entries.remove(id);
    if (entry != null) {
      entry.forget();
    }
  }

  @Override
  public void onRenewed(Consumer<WorkloadCertificate> listener) {
    listeners.add(listener);
  }

  /** Renews everything in the background: whom we trust, or who signs, has changed. */
  public void renewAll() {
    entries.keySet().forEach(id -> queue.submit(id, Priority.BACKGROUND));
  }

  @Override
  public void close() {
    FileWatch watch = rootWatch;
    if (watch != null) {
      watch.stop();
    }
    List.copyOf(entries.keySet()).forEach(this::forget);
    issuer.close();
  }

  private CompletionStage<WorkloadCertificate> ask(SpiffeId id, Priority priority) {
    if (entries.size() >= settings.identities() && !entries.containsKey(id)) {
      NotIssued tooMany =
          new NotIssued(Issue.Reason.TOO_MANY, "identities: " + settings.identities());
      return CompletableFuture.failedFuture(new CertificateUnavailableException(id, tooMany));
    }
    IssuedEntry entry = entries.computeIfAbsent(id, IssuedEntry::new);
    return switch (entry.ask(schedule.clock().instant())) {
      case IssuedEntry.Answer.Ready(WorkloadCertificate certificate) ->
          CompletableFuture.completedFuture(certificate);
      case IssuedEntry.Answer.Failed(CertificateUnavailableException why) ->
          CompletableFuture.failedFuture(why);
      case IssuedEntry.Answer.Wait(CompletableFuture<WorkloadCertificate> future) -> {
        queue.submit(id, priority);
        yield future;
      }
    };
  }

  private boolean awaited(SpiffeId id) {
    IssuedEntry entry = entries.get(id);
    return entry != null && entry.awaited();
  }

  private void fetch(SpiffeId id) {
    if (!entries.containsKey(id)) {
      return;
    }
    Issue issue = issue(id);
    // Only now: it may have been forgotten and asked for again in the meantime.
    IssuedEntry entry = entries.get(id);
    if (entry != null) {
      switch (issue) {
        case Issued(WorkloadCertificate certificate) -> succeeded(entry, certificate);
        case NotIssued why -> failed(entry, why);
      }
    }
  }

  // The end of a thread: a bug in here must not leave anybody waiting.
  private Issue issue(SpiffeId id) {
    try {
      return issuer.issue(id);
    } catch (RuntimeException bug) {
      LOG.error("{}: issuing broke", id, bug);
      return new NotIssued(Issue.Reason.REFUSED, String.valueOf(bug));
    }
  }

  private void succeeded(IssuedEntry entry, WorkloadCertificate certificate) {
    if (!entry.succeeded(certificate)) {
      return;
    }
    LOG.debug("{}", certificate);
    planFetch(entry, renewalDelay(certificate), Priority.BACKGROUND);
    listeners.forEach(listener -> listener.accept(certificate));
    if (foundNobody.compareAndSet(true, false)) {
      // The service is back: the others need not wait for the end of their pauses.
      retryThoseWhoFoundNobody();
    }
    if (isNews(certificate.trust())) {
      renewOthers(certificate.trust());
    }
  }

  private void failed(IssuedEntry entry, NotIssued why) {
    int inARow = entry.failed(why);
    if (inARow == 0) {
      return;
    }
    if (why.foundNobody()) {
      foundNobody.set(true);
    }
    boolean served = current(entry.id()).isPresent();
    Duration delay = settings.backoff().delay(inARow, schedule.random());
    LOG.warn(
        "{}: no new certificate: {}: {} (attempt {}, next in {}, {})",
        entry.id(),
        why.reason(),
        why.detail(),
        inARow,
        delay,
        served ? "the old one is valid" : "there is none");
    planFetch(entry, delay, served ? Priority.BACKGROUND : Priority.REALTIME);
  }

  private void planFetch(IssuedEntry entry, Duration delay, Priority priority) {
    long plan = entry.plan();
    schedule
        .timer()
        .after(
            delay,
            () -> {
              if (entry.isCurrent(plan)) {
                queue.submit(entry.id(), priority);
              }
            });
  }

  // Half of what is left, ± 10 %, so that identities fetched together do not stay together. Not of
  // the whole life: its beginning is dated back for slow clocks, which would eat up a short one.
  private Duration renewalDelay(WorkloadCertificate certificate) {
    Duration left = Duration.between(schedule.clock().instant(), certificate.notAfter());
    double share = 0.5 * (1 + RENEWAL_SPREAD * (2 * schedule.random().nextDouble() - 1));
    Duration delay = Duration.ofMillis((long) (left.toMillis() * share));
    return delay.compareTo(SOONEST) < 0 ? SOONEST : delay;
  }

  // Only a bundle never seen counts: two issuers that disagree must not set off each other for
  // ever.
  private boolean isNews(TrustBundle bundle) {
    synchronized (bundles) {
      return bundles.size() < MAX_BUNDLES && bundles.add(bundle);
    }
  }

  private void retryThoseWhoFoundNobody() {
    for (IssuedEntry entry : entries.values()) {
      if (entry.foundNobody()) {
        boolean served = current(entry.id()).isPresent();
        queue.submit(entry.id(), served ? Priority.BACKGROUND : Priority.REALTIME);
      }
    }
  }

  private void renewOthers(TrustBundle newest) {
    for (IssuedEntry entry : entries.values()) {
      boolean old = entry.last().map(c -> !c.trust().equals(newest)).orElse(false);
      if (old) {
        queue.submit(entry.id(), Priority.BACKGROUND);
      }
    }
  }
}
