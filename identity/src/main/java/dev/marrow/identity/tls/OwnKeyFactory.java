package dev.marrow.identity.tls;

import dev.marrow.identity.WorkloadCertificate;
import io.netty.handler.ssl.util.SimpleKeyManagerFactory;
import java.security.KeyStore;
import javax.net.ssl.KeyManager;
import javax.net.ssl.ManagerFactoryParameters;

/** Hands out one {@link OwnKey}: the shape in which Netty caches parsed key material. */
final class OwnKeyFactory extends SimpleKeyManagerFactory {
  private final OwnKey key;

  OwnKeyFactory(WorkloadCertificate own) {
    this.key = new OwnKey(own);
  }

  @Override
  protected void engineInit(KeyStore keyStore, char[] password) {
    // Nothing to load: the key is there.
  }

  @Override
  protected void engineInit(ManagerFactoryParameters parameters) {
    // Nothing to load: the key is there.
  }

  @Override
  protected KeyManager[] engineGetKeyManagers() {
    return new KeyManager[] {key};
  }
}
