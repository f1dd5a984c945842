package dev.marrow.waypoint.filter;

import dev.marrow.waypoint.authorize.Token;

/** What became of a request's token. */
public sealed interface TokenCheck {
  record Verified(Token token) implements TokenCheck {}

  /** There is none; policies decide whether there has to be. */
  record Absent() implements TokenCheck {}

  record Refused(String why) implements TokenCheck {}
}
