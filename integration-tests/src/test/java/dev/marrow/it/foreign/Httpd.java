package dev.marrow.it.foreign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Apache httpd as an HBONE server: mod_http2, mod_proxy_connect, client certificates required. */
final class Httpd {
  private static final Path MODULES = Path.of("/usr/lib/apache2/modules");

  private Httpd() {}

  static boolean installed() {
    return Files.exists(MODULES.resolve("mod_proxy_connect.so"));
  }

  /**
   * Writes {@code httpd.conf}; its certificate is {@code server.pem}, whom it trusts {@code
   * ca.pem}.
   */
  static Path configure(Path folder, String listen) throws IOException {
    StringBuilder out = new StringBuilder("ServerRoot %s%nServerName kit%n".formatted(folder));
    for (String module :
        new String[] {"mpm_event", "ssl", "http2", "proxy", "proxy_connect", "authz_core"}) {
      out.append("LoadModule %s_module %s/mod_%s.so%n".formatted(module, MODULES, module));
    }
    String rest =
        """
        PidFile pid
        ErrorLog error.log
        Listen %s
        Protocols h2
        H2ProxyRequests on
        SSLEngine on
        SSLProtocol TLSv1.3
        SSLCertificateFile server.pem
        SSLCertificateKeyFile server.key
        SSLCACertificateFile ca.pem
        SSLVerifyClient require
        SSLVerifyDepth 5
        ProxyRequests On
        AllowCONNECT 1-65535
        <Proxy "*">
        Require all granted
        </Proxy>
        """
            .formatted(listen);
    return Files.writeString(folder.resolve("httpd.conf"), out + rest);
  }
}
