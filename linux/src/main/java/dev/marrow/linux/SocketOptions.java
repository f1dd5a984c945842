package dev.marrow.linux;

/** Numbers of socket options that neither the JDK nor Netty names, from {@code linux/socket.h}. */
public final class SocketOptions {
  public static final int SOL_IP = 0;
  public static final int SOL_SOCKET = 1;
  public static final int SOL_IPV6 = 41;

  /** At {@link #SOL_SOCKET}, an int: the mark on every packet the socket sends. */
  public static final int SO_MARK = 36;

  /** At {@link #SOL_IP}, a {@code sockaddr_in}: where the connection went before REDIRECT. */
  public static final int SO_ORIGINAL_DST = 80;

  /** At {@link #SOL_IPV6}, a {@code sockaddr_in6}. */
  public static final int IP6T_SO_ORIGINAL_DST = 80;

  /** At {@link #SOL_IP}, an int, for v6 sockets with mapped addresses too. */
  public static final int IP_FREEBIND = 15;

  /** At {@link #SOL_IP}, an int. */
  public static final int IP_TRANSPARENT = 19;

  /** At {@link #SOL_IPV6}, an int. */
  public static final int IPV6_TRANSPARENT = 75;

  /** At {@link #SOL_IPV6}, an int. */
  public static final int IPV6_FREEBIND = 78;

  private SocketOptions() {}
}
