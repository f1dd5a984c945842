package dev.marrow.conformance.command;

import dev.marrow.conformance.mint.LeafSpec;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.mint.PemFiles;
import dev.marrow.conformance.mint.Svid;
import dev.marrow.conformance.peer.Defect;
import dev.marrow.conformance.peer.ReferencePeer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;

/** The command line of the kit with a peer and files to point it at. */
final class Kit {
  /** What a command left behind. */
  record Ended(int exit, String out, String err) {}

  final Mint authority = Mint.root("O=cluster.local,CN=test authority");
  private final Path folder;

  Kit(Path folder) throws IOException {
    this.folder = folder;
    Svid own = authority.issue(LeafSpec.svid("spiffe://cluster.local/ns/default/sa/conformance"));
    Files.writeString(folder.resolve("svid.pem"), PemFiles.chain(own.chain()));
    Files.writeString(
        folder.resolve("svid.key"), PemFiles.pem("PRIVATE KEY", own.key().getEncoded()));
    Files.writeString(folder.resolve("ca.key"), authority.keyPem());
    Files.writeString(
        folder.resolve("ca.pem"), PemFiles.pem("CERTIFICATE", authority.certificate()));
  }

  ReferencePeer peer(Defect... defects) throws IOException {
    return ReferencePeer.start(
        authority.issue(LeafSpec.svid("spiffe://cluster.local/ns/default/sa/peer")),
        authority,
        defects);
  }

  /** {@code run} or {@code doctor} with our files, then {@code more}. */
  Ended with(String command, int port, String... more) {
    return at(command, "127.0.0.1:" + port, more);
  }

  /** The same for any address. */
  Ended at(String command, String address, String... more) {
    return execute(
        Stream.concat(
                Stream.of(
                    command,
                    address,
                    "--svid",
                    folder.resolve("svid.pem").toString(),
                    "--key",
                    folder.resolve("svid.key").toString(),
                    "--bundle",
                    folder.resolve("ca.pem").toString()),
                Arrays.stream(more))
            .toArray(String[]::new));
  }

  static Ended execute(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Conform.create(Optional.empty());
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return new Ended(line.execute(arguments), out.toString(), err.toString());
  }
}
