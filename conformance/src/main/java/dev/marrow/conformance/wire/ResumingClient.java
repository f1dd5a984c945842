package dev.marrow.conformance.wire;

import dev.marrow.conformance.mint.Svid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * A client that keeps its tickets and resumes: the TLS of the JDK, because the kit's own keeps
 * none. Believes any server; the identity of the server is judged elsewhere. Confined to one
 * thread.
 */
public final class ResumingClient {
  private static final char[] PASSWORD = "kit".toCharArray();

  private final SSLContext context;

  public ResumingClient(Svid svid) throws IOException {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      X509Certificate[] chain = new X509Certificate[svid.chain().size()];
      for (int i = 0; i < chain.length; i++) {
        chain[i] =
            (X509Certificate)
                factory.generateCertificate(new ByteArrayInputStream(svid.chain().get(i)));
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, PASSWORD);
      store.setKeyEntry("kit", svid.key(), PASSWORD, chain);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, PASSWORD);
      context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), new TrustManager[] {new Anybody()}, null);
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS: " + e.getMessage(), e);
    }
  }

  /** Runs a handshake on {@code tcp}, resumed if a ticket came with an earlier one. */
  public Resumable open(TcpLink tcp, Transcript transcript) throws IOException {
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(tcp.socket(), "kit", 15008, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3"});
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    try {
      socket.startHandshake();
    } catch (IOException e) {
      throw new LinkClosed("handshake: " + e.getMessage(), Optional.empty());
    }
    transcript.add(
        "tls: client side complete, session of %d", socket.getSession().getCreationTime());
    return new Resumable(tcp, socket);
  }

  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
      throw new UnsupportedOperationException("a client only");
    }

    @Override
    @SuppressWarnings("TrustAllX509TrustManager") // the server is judged by other cases
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /** A TLS connection that may be a resumed one. */
  public static final class Resumable implements Link {
    private final TcpLink tcp;
    private final SSLSocket socket;
    private final byte[] buffer = new byte[64 * 1024];

    private Resumable(TcpLink tcp, SSLSocket socket) {
      this.tcp = tcp;
      this.socket = socket;
    }

    /** The same for a session and those resumed from it. */
    public long session() {
      return socket.getSession().getCreationTime();
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      try {
        socket.getOutputStream().write(bytes);
      } catch (IOException e) {
        throw new LinkClosed("while sending: " + e.getMessage(), Optional.empty());
      }
    }

    @Override
    public byte[] read(Duration patience) throws IOException {
      try {
        socket.setSoTimeout((int) Math.max(1, patience.toMillis()));
        int count = socket.getInputStream().read(buffer);
        if (count < 0) {
          throw new LinkClosed("closed by the target", Optional.empty());
        }
        return Arrays.copyOf(buffer, count);
      } catch (SocketTimeoutException e) {
        return new byte[0];
      } catch (LinkClosed e) {
        throw e;
      } catch (IOException e) {
        throw new LinkClosed(String.valueOf(e.getMessage()), Optional.empty());
      }
    }

    @Override
    public TcpLink tcp() {
      return tcp;
    }

    @Override
    public void close() {
      tcp.close();
    }
  }
}
