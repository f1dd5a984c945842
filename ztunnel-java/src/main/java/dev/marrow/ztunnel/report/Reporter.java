package dev.marrow.ztunnel.report;

/** Which side of a connection we are. */
public enum Reporter {
  SOURCE("source", "outbound"),
  DESTINATION("destination", "inbound");

  private final String text;
  private final String direction;

  Reporter(String text, String direction) {
    this.text = text;
    this.direction = direction;
  }

  String text() {
    return text;
  }

  String direction() {
    return direction;
  }
}
