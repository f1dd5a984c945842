package dev.marrow.linux;

import java.io.IOException;

/** A system call that failed: which one, on what, and the kernel's error number by name. */
public final class Errno extends IOException {
  private static final long serialVersionUID = 1;

  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int EINTR = 4;
  public static final int EBADF = 9;
  public static final int EAGAIN = 11;
  public static final int EACCES = 13;
  public static final int EEXIST = 17;
  public static final int EINVAL = 22;
  public static final int EMFILE = 24;
  public static final int EPIPE = 32;
  public static final int EMSGSIZE = 90;
  public static final int EADDRINUSE = 98;
  public static final int ECONNRESET = 104;
  public static final int ENOTCONN = 107;
  public static final int ECONNREFUSED = 111;

  private final String call;
  private final int code;

  public Errno(String call, String subject, int code) {
    super(
        "%s%s: %s (errno %d)"
            .formatted(call, subject.isEmpty() ? "" : " " + subject, nameOf(code), code));
    this.call = call;
    this.code = code;
  }

  /** The system call, such as {@code setns}. */
  public String call() {
    return call;
  }

  /** The number, comparable with the constants here. */
  public int code() {
    return code;
  }

  /** The symbolic name, such as {@code EPERM}. */
  public String name() {
    return nameOf(code);
  }

  /** The symbolic name of a number, or {@code E?} for those no caller of ours meets. */
  static String nameOf(int code) {
    return switch (code) {
      case EPERM -> "EPERM";
      case ENOENT -> "ENOENT";
      case EINTR -> "EINTR";
      case 5 -> "EIO";
      case EBADF -> "EBADF";
      case EAGAIN -> "EAGAIN";
      case 12 -> "ENOMEM";
      case EACCES -> "EACCES";
      case 14 -> "EFAULT";
      case EEXIST -> "EEXIST";
      case 19 -> "ENODEV";
      case 20 -> "ENOTDIR";
      case EINVAL -> "EINVAL";
      case 23 -> "ENFILE";
      case EMFILE -> "EMFILE";
      case EPIPE -> "EPIPE";
      case 36 -> "ENAMETOOLONG";
      case 40 -> "ELOOP";
      case 88 -> "ENOTSOCK";
      case EMSGSIZE -> "EMSGSIZE";
      case 91 -> "EPROTOTYPE";
      case 92 -> "ENOPROTOOPT";
      case 95 -> "EOPNOTSUPP";
      case 97 -> "EAFNOSUPPORT";
      case EADDRINUSE -> "EADDRINUSE";
      case 99 -> "EADDRNOTAVAIL";
      case 100 -> "ENETDOWN";
      case 101 -> "ENETUNREACH";
      case ECONNRESET -> "ECONNRESET";
      case 105 -> "ENOBUFS";
      case ENOTCONN -> "ENOTCONN";
      case 109 -> "ETOOMANYREFS";
      case 110 -> "ETIMEDOUT";
      case ECONNREFUSED -> "ECONNREFUSED";
      case 113 -> "EHOSTUNREACH";
      default -> "E?";
    };
  }
}
