package dev.marrow.it.foreign;

import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.PemFiles;
import dev.marrow.conformance.mint.Svid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A test authority, and certificates of it as the PEM files that foreign programs read. */
record Authority(Path folder, Mint mint) {
  /** A new one; {@code NAME.pem} and {@code NAME.key} are its own. */
  static Authority in(Path folder, String name) throws IOException {
    Mint mint = Mint.root("O=cluster.local,CN=" + name);
    Files.writeString(
        folder.resolve(name + ".pem"), PemFiles.pem("CERTIFICATE", mint.certificate()));
    Files.writeString(folder.resolve(name + ".key"), mint.keyPem());
    return new Authority(folder, mint);
  }

  /** Writes {@code NAME.pem} and {@code NAME.key} for an account of namespace default. */
  void issue(String name, String account) throws IOException {
    Svid svid = mint.issue(LeafSpec.svid("spiffe://cluster.local/ns/default/sa/" + account));
    Files.writeString(folder.resolve(name + ".pem"), PemFiles.chain(svid.chain()));
    Files.writeString(
        folder.resolve(name + ".key"), PemFiles.pem("PRIVATE KEY", svid.key().getEncoded()));
  }
}
