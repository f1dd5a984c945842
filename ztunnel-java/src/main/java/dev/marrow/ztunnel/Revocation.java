package dev.marrow.ztunnel;

import dev.marrow.identity.RevocationCheck;
import dev.marrow.identity.revocation.CrlStore;
import dev.marrow.ztunnel.settings.CertificateSettings;
import dev.marrow.ztunnel.settings.Settings;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The revocation lists the settings name, read again every two seconds. */
final class Revocation implements AutoCloseable {
  private static final Duration CHECK = Duration.ofSeconds(2);

  private final List<CrlStore> stores;
  private final CountDownLatch closed = new CountDownLatch(1);

  private Revocation(List<CrlStore> stores) {
    this.stores = stores;
  }

  static Revocation of(Settings settings) {
    CertificateSettings.Revocation lists = settings.certificates().revocation();
    var unknown = lists.failClosed() ? CrlStore.Unknown.REFUSE : CrlStore.Unknown.ACCEPT;
    return new Revocation(
        lists.path().map(p -> CrlStore.open(p, unknown, Clock.systemUTC())).stream().toList());
  }

  RevocationCheck check() {
    return stores.isEmpty() ? RevocationCheck.NONE : stores.getFirst();
  }

  /** Calls {@code changed} whenever the lists say something new. */
  void watch(Runnable changed) {
    for (CrlStore store : stores) {
      store.onChange(changed);
      Thread.ofVirtual().name("revocation").start(() -> follow(store));
    }
  }

  private void follow(CrlStore store) {
    try {
      while (!closed.await(CHECK.toMillis(), TimeUnit.MILLISECONDS)) {
        store.reload();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
