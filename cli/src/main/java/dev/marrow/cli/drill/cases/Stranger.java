package dev.marrow.cli.drill.cases;

import dev.marrow.cli.drill.DrillMesh;
import dev.marrow.cli.drill.Stage;
import dev.marrow.cli.drill.load.Source;
import dev.marrow.cli.local.network.Names;
import dev.marrow.identity.SpiffeId;
import dev.marrow.identity.authority.Authority;
import dev.marrow.identity.authority.CertificateRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A peer with a certificate from some moment, who knocks at a pod's tunnel port. It believes every
 * server: only whether it is believed is asked.
 */
final class Stranger {
  private final SSLContext tls;

  private Stranger(SSLContext tls) {
    this.tls = tls;
  }

  /** A pod's tunnel port, reached from outside of all pods. */
  record Door(Source from, InetSocketAddress at) implements AutoCloseable {
    static Door of(DrillMesh mesh, String pod) throws IOException {
      return new Door(
          Source.open("outside", Names.path(mesh.names().bridge())),
          Stage.at(mesh.pod(pod).addresses().getFirst(), 15008));
    }

    @Override
    public void close() {
      from.close();
    }
  }

  /** Has a certificate signed now. */
  static Stranger signedBy(Authority authority, SpiffeId id) throws GeneralSecurityException {
    KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
    keys.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = keys.generateKeyPair();
    List<X509Certificate> chain =
        authority.sign(
            new CertificateRequest(pair.getPublic(), List.of()), id, Duration.ofHours(1));
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
      store.setKeyEntry("own", pair.getPrivate(), new char[0], chain.toArray(Certificate[]::new));
    } catch (IOException e) {
      throw new IllegalStateException("an empty store needs no input", e);
    }
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(store, new char[0]);
    SSLContext tls = SSLContext.getInstance("TLSv1.3");
    tls.init(managers.getKeyManagers(), new TrustManager[] {new Believer()}, null);
    return new Stranger(tls);
  }

  /** {@code accepted}, or {@code refused: why}. In TLS 1.3 only what the server says tells. */
  String tries(Door door) {
    try (Socket plain = door.from().connect(door.at(), Duration.ofSeconds(5));
        SSLSocket socket =
            (SSLSocket) tls.getSocketFactory().createSocket(plain, "peer", 15008, true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2"});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      socket.getOutputStream().write(dev.marrow.conformance.wire.Frames.PREFACE);
      socket.getOutputStream().write(dev.marrow.conformance.wire.Frames.settings());
      return socket.getInputStream().read() >= 0 ? "accepted" : "refused: closed";
    } catch (IOException e) {
      return "refused: " + e.getMessage();
    }
  }

  private static final class Believer extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(
        X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

    @Override
    public void checkServerTrusted(
        X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
