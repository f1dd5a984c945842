package dev.marrow.cli.drill.load;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** Small questions to sockets. */
final class Sockets {
  private Sockets() {}

  /** Whether the peer of an idle connection has ended it. */
  static boolean ended(Socket socket) {
    try {
      int patience = socket.getSoTimeout();
      socket.setSoTimeout(1);
      try {
        // Between two requests a peer has nothing to say: a byte is as wrong as the end.
        return socket.getInputStream().read() != Integer.MIN_VALUE;
      } catch (SocketTimeoutException quiet) {
        return false;
      } finally {
        socket.setSoTimeout(patience);
      }
    } catch (IOException e) {
      return true;
    }
  }

  static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
