package dev.marrow.hbone;

/** A tunnel that was asked for. Confined to the pool's event loop. */
public interface PendingTunnel {
  /**
   * The caller does not want it any more: a CONNECT already sent is reset, a dial for nobody else
   * is given up. The result is then not delivered. Does nothing after the result.
   */
  void cancel();
}
