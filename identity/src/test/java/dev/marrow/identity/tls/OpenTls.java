package dev.marrow.identity.tls;

import dev.marrow.identity.RevocationCheck;
import java.time.Clock;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Makes mutual TLS for a test and closes it afterwards. */
final class OpenTls implements AfterEachCallback {
  private final Queue<MeshTls> open = new ConcurrentLinkedQueue<>();

  MeshTls create(TlsSettings settings) {
    return create(settings, Clock.systemUTC(), RevocationCheck.NONE);
  }

  MeshTls create(TlsSettings settings, Clock clock, RevocationCheck revocation) {
    MeshTls tls = MeshTls.create(settings, clock, revocation);
    open.add(tls);
    return tls;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    open.forEach(MeshTls::close);
  }
}
