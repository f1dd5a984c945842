package dev.marrow.conformance.hostile;

import dev.marrow.conformance.wire.Field;
import java.util.List;
import java.util.Optional;

/**
 * One connection as a {@link HostileServer} saw it.
 *
 * @param handshake whether the client finished the handshake
 * @param clientChain what the client showed, DER, leaf first; empty for nothing
 * @param alpn the protocol agreed on; empty for none
 * @param serverName the name the client asked for, if any
 * @param request the fields of the CONNECT, if one came
 * @param bytesBefore tunnel bytes that came before our answer
 * @param bytes tunnel bytes in all
 * @param plaintext whether the first bytes were no TLS
 * @param over whether the connection has ended; until then the rest may still change
 */
public record Meeting(
    boolean handshake,
    List<byte[]> clientChain,
    String alpn,
    Optional<String> serverName,
    Optional<List<Field>> request,
    long bytesBefore,
    long bytes,
    boolean plaintext,
    boolean over) {
  public Meeting {
    clientChain = List.copyOf(clientChain);
  }
}
