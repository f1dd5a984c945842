package dev.marrow.conformance.hostile;

import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.Svid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * An HBONE server that shows any certificate and takes any client, and notes what the client did.
 * Echoes what comes through its tunnels; dials nobody. Thread-safe.
 */
public final class HostileServer implements AutoCloseable {
  private static final char[] PASSWORD = "kit".toCharArray();
  private static final int MOST_REMEMBERED = 1_000;

  private final ServerSocket listener;
  private final SSLContext tls;
  private final Svid shown;
  private final Set<Trait> traits;
  private final List<HostileConnection> met = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private HostileServer(ServerSocket listener, SSLContext tls, Svid shown, Set<Trait> traits) {
    this.listener = listener;
    this.tls = tls;
    this.shown = shown;
    this.traits = traits;
  }

  /** Listens on {@code address}; port 0 picks a free one. */
  public static HostileServer start(InetSocketAddress address, Svid shown, Trait... traits)
      throws IOException {
    Set<Trait> set = EnumSet.noneOf(Trait.class);
    set.addAll(Arrays.asList(traits));
    SSLContext tls = context(shown, set.contains(Trait.NAMES_UNRELATED_AUTHORITIES));
    ServerSocket listener = new ServerSocket(address.getPort(), 128, address.getAddress());
    HostileServer server = new HostileServer(listener, tls, shown, set);
    Thread.ofVirtual().name("hostile-server").start(server::accept);
    return server;
  }

  private static SSLContext context(Svid shown, boolean unrelated) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, PASSWORD);
      store.setKeyEntry("kit", shown.key(), PASSWORD, parse(shown.chain()));
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, PASSWORD);
      List<byte[]> named =
          unrelated ? List.of(Mint.root("O=unrelated,CN=nobody").certificate()) : List.of();
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), new TrustManager[] {new Anybody(parse(named))}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("this certificate cannot be shown: " + e.getMessage(), e);
    }
  }

  private static X509Certificate[] parse(List<byte[]> ders) throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    X509Certificate[] chain = new X509Certificate[ders.size()];
    for (int i = 0; i < chain.length; i++) {
      chain[i] =
          (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(ders.get(i)));
    }
    return chain;
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** Every connection on which something came, as it stands now, oldest first. */
  public List<Meeting> meetings() {
    return met.stream().map(HostileConnection::meeting).toList();
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

  private void serve(Socket socket) {
    HostileConnection connection = new HostileConnection(socket, tls, shown, traits);
    if (met.size() < MOST_REMEMBERED) {
      met.add(connection);
    }
    try (socket) {
      connection.play();
    } catch (IOException e) {
      // What the client did until then is in the meeting.
    } finally {
      connection.over();
      open.remove(socket);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket each : open) {
      each.close();
    }
  }

  private record Anybody(X509Certificate[] named) implements X509TrustManager {
    @Override
    @SuppressWarnings("TrustAllX509TrustManager") // the client's own checks are what is tested
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      throw new UnsupportedOperationException("a server only");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return named.clone();
    }
  }
}
