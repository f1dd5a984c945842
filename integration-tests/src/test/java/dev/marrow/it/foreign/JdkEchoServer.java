package dev.marrow.it.foreign;

import dev.marrow.conformance.mint.PemFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;

/** An echo behind the JDK's own {@code SSLServerSocket}: mutual TLS 1.3 and nothing more. */
public final class JdkEchoServer {
  private static final char[] PASSWORD = "test".toCharArray();

  private JdkEchoServer() {}

  public static void main(String[] args) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(own(), PASSWORD);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted());
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    SSLServerSocket server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(
                    Integer.parseInt(args[0]), 128, InetAddress.getLoopbackAddress());
    SSLParameters parameters = server.getSSLParameters();
    parameters.setNeedClientAuth(true);
    parameters.setProtocols(new String[] {"TLSv1.3"});
    parameters.setApplicationProtocols(new String[] {"h2"});
    server.setSSLParameters(parameters);
    while (true) {
      Socket socket = server.accept();
      Thread.ofVirtual().start(() -> echo(socket));
    }
  }

  private static void echo(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException e) {
      // Refused, or gone: the client knows.
    }
  }

  private static KeyStore own() throws Exception {
    KeyStore store = empty();
    store.setKeyEntry(
        "own",
        PemFiles.key(Path.of("server.key")),
        PASSWORD,
        new X509Certificate[] {certificate("server.pem")});
    return store;
  }

  private static KeyStore trusted() throws Exception {
    KeyStore store = empty();
    store.setCertificateEntry("ca", certificate("ca.pem"));
    return store;
  }

  private static KeyStore empty() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, PASSWORD);
    return store;
  }

  private static X509Certificate certificate(String file) throws Exception {
    byte[] der = PemFiles.certificates(Path.of(file)).getFirst();
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }
}
