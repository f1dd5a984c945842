package dev.marrow.conformance;

/** The chapters of the catalogue. */
public enum Group {
  TLS("A", "TLS protocol"),
  CRT("B", "Client certificate chain"),
  SVID("C", "SPIFFE identity rules"),
  SRV("D", "Client verifies the server"),
  RES("E", "Resumption and early data"),
  H2("F", "HTTP/2 framing"),
  DOS("G", "Floods and resource attacks"),
  CON("H", "CONNECT and destination rules"),
  TUN("I", "Tunnel behaviour"),
  AUT("J", "Authorization, mode, impersonation"),
  ROT("K", "Rotation and time"),
  L7("L", "Waypoint");

  private final String letter;
  private final String title;

  Group(String letter, String title) {
    this.letter = letter;
    this.title = title;
  }

  public String letter() {
    return letter;
  }

  public String title() {
    return title;
  }
}
