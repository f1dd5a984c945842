package dev.marrow.conformance.report;

/** Text that is safe between tags and in attributes of XML and HTML. */
final class Xml {
  private Xml() {}

  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (char c : text.toCharArray()) {
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c >= ' ' || c == '\n' || c == '\t' ? c : '\ufffd');
      }
    }
    return out.toString();
  }
}
