package dev.marrow.ztunnel.admin;

import java.nio.charset.StandardCharsets;

/** One answer. */
record Page(int status, String type, byte[] body) {
  static Page text(int status, String text) {
    return new Page(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  static Page notFound() {
    return text(404, "not found\n");
  }

  String reason() {
    return switch (status) {
      case 200 -> "OK";
      case 400 -> "Bad Request";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      default -> "Internal Server Error";
    };
  }
}
