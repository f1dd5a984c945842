package dev.marrow.conformance.peer;

import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.run.Hooks;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/**
 * A blocking HBONE server for the tests of the kit: JSSE for TLS, everything above by hand. Listens
 * on loopback only and dials nothing else. Thread-safe.
 */
public final class ReferencePeer implements AutoCloseable {
  private static final int HANDSHAKE_MILLIS = 5_000;
  private static final char[] PASSWORD = "test".toCharArray();

  private final ServerSocket listener;
  private final PeerPolicies policies;
  private final Mint authority;
  private volatile SSLContext tls;
  private final StrictTrust trust;
  private final Set<Defect> defects;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private ReferencePeer(
      ServerSocket listener,
      Mint authority,
      SSLContext tls,
      StrictTrust trust,
      Set<Defect> defects) {
    this.listener = listener;
    this.authority = authority;
    this.policies = new PeerPolicies(defects);
    this.tls = tls;
    this.trust = trust;
    this.defects = defects;
  }

  /** Listens on a free port of loopback, as {@code own}, and trusts {@code authority}. */
  public static ReferencePeer start(Svid own, Mint authority, Defect... defects)
      throws IOException {
    return start(InetAddress.getLoopbackAddress(), own, authority, defects);
  }

  /** The same on another address of this machine. */
  public static ReferencePeer start(
      InetAddress address, Svid own, Mint authority, Defect... defects) throws IOException {
    Set<Defect> wrong = EnumSet.noneOf(Defect.class);
    wrong.addAll(Arrays.asList(defects));
    try {
      StrictTrust trust = new StrictTrust(authority.certificate(), "cluster.local", wrong);
      ServerSocket listener = new ServerSocket(0, 512, address);
      ReferencePeer peer =
          new ReferencePeer(listener, authority, context(own, trust), trust, wrong);
      Thread.ofVirtual().name("peer").start(peer::accept);
      return peer;
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS: " + e.getMessage(), e);
    }
  }

  private static SSLContext context(Svid own, StrictTrust trust)
      throws GeneralSecurityException, IOException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<byte[]> ders = own.chain();
    X509Certificate[] chain = new X509Certificate[ders.size()];
    for (int i = 0; i < chain.length; i++) {
      chain[i] =
          (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(ders.get(i)));
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, PASSWORD);
    store.setKeyEntry("own", own.key(), PASSWORD, chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), new TrustManager[] {trust}, null);
    return context;
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** What the kit may do to it. */
  public Hooks hooks() {
    return new Hooks(Map.of("policy", policies::apply, "rotate", this::rotate));
  }

  private String rotate(Map<String, String> environment) throws IOException {
    if (!defects.contains(Defect.NEVER_RENEWS)) {
      try {
        tls =
            context(
                authority.issue(LeafSpec.svid("spiffe://cluster.local/ns/default/sa/peer")), trust);
      } catch (GeneralSecurityException e) {
        throw new IOException("no TLS: " + e.getMessage(), e);
      }
    }
    return "";
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket plain) {
    try (plain;
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(plain, null, true)) {
      configure(socket);
      socket.startHandshake();
      socket.setSoTimeout(0);
      // A resumed session brings the chain of the first one along: judge it again.
      if (!defects.contains(Defect.RESUMES_EXPIRED_SESSIONS)
          && !defects.contains(Defect.NEEDS_NO_CERTIFICATE)) {
        trust.check(
            Arrays.stream(socket.getSession().getPeerCertificates())
                .map(X509Certificate.class::cast)
                .toArray(X509Certificate[]::new));
      }
      if (defects.contains(Defect.HANGS_AFTER_THE_HANDSHAKE)) {
        plain.getInputStream().transferTo(OutputStream.nullOutputStream());
      }
      if (socket.getApplicationProtocol().equals("h2")) {
        new PeerConnection(socket, plain, defects, policies).serve();
      } else if (defects.contains(Defect.SPEAKS_HTTP_1)) {
        answerInHttp1(socket);
      }
    } catch (IOException | GeneralSecurityException e) {
      // The client hears of it from TLS; there is nobody else to tell.
    } finally {
      open.remove(plain);
    }
  }

  private void configure(SSLSocket socket) throws SocketException {
    plainOptions(socket);
    socket.setUseClientMode(false);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(
        defects.contains(Defect.ACCEPTS_TLS_12)
            ? new String[] {"TLSv1.3", "TLSv1.2"}
            : new String[] {"TLSv1.3"});
    parameters.setApplicationProtocols(
        defects.contains(Defect.SPEAKS_HTTP_1)
            ? new String[] {"h2", "http/1.1"}
            : new String[] {"h2"});
    if (defects.contains(Defect.NEEDS_NO_CERTIFICATE)) {
      parameters.setWantClientAuth(true);
    } else {
      parameters.setNeedClientAuth(true);
    }
    socket.setSSLParameters(parameters);
  }

  private void plainOptions(SSLSocket socket) throws SocketException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(
        defects.contains(Defect.KEEPS_SILENT_CONNECTIONS) ? 60_000 : HANDSHAKE_MILLIS);
  }

  private static void answerInHttp1(SSLSocket socket) throws IOException {
    socket.getInputStream().read(new byte[4096]);
    socket
        .getOutputStream()
        .write("HTTP/1.0 200 Connection Established\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket each : open) {
      each.close();
    }
  }
}
