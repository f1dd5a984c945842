package dev.marrow.mesh.workload;

/** How the node proxy hands decrypted bytes to a workload that is itself a proxy. */
public sealed interface ApplicationTunnel {
  /** The workload is an ordinary one. */
  ApplicationTunnel NONE = new None();

  /** An ordinary workload; use {@link #NONE}. */
  record None() implements ApplicationTunnel {}

  /** Bytes as they are, to this port in place of the one that was asked for. */
  record Plain(int port) implements ApplicationTunnel {
    public Plain {
      Check.port(port, 1, "application tunnel port");
    }
  }

  /** A PROXY protocol v2 header first, then the bytes, to this port. */
  record ProxyProtocol(int port) implements ApplicationTunnel {
    public ProxyProtocol {
      Check.port(port, 1, "application tunnel port");
    }
  }
}
