package dev.marrow.waypoint.authorize;

import dev.marrow.http.HeaderName;
import java.util.ArrayList;
import java.util.List;

/** A further condition ({@code when}): an attribute and what its values must look like. */
public sealed interface Condition {
  boolean matches(RequestFacts facts, boolean every);

  /** Whether it means nothing where there is no HTTP. */
  boolean needsHttp();

  /**
   * {@code request.headers[x]}. Each of several values counts by itself, and so does the list that
   * some servers make of them: whoever denies finds it in any, whoever allows wants it in all.
   */
  record OfHeader(HeaderName name, Texts texts) implements Condition {
    @Override
    public boolean matches(RequestFacts facts, boolean every) {
      List<String> values = new ArrayList<>();
      for (int i = facts.headers().find(name); i >= 0; i = facts.headers().find(name, i + 1)) {
        values.add(facts.headers().value(i));
      }
      boolean each = texts.admits(values, every);
      if (values.size() < 2) {
        return each;
      }
      boolean joined = !texts.wanted().isEmpty() && texts.admits(String.join(",", values));
      return each || !every && joined;
    }

    @Override
    public boolean needsHttp() {
      return true;
    }
  }

  /** {@code request.auth.claims[a][b]}, and the claims that have names of their own. */
  record OfClaim(List<String> path, Texts texts) implements Condition {
    public OfClaim {
      path = List.copyOf(path);
    }

    @Override
    public boolean matches(RequestFacts facts, boolean every) {
      List<String> values = facts.token().values(path);
      if (values.isEmpty()) {
        return texts.wanted().isEmpty();
      }
      Texts wanted = new Texts(texts.wanted(), List.of());
      Texts unwanted = new Texts(List.of(), texts.unwanted());
      return wanted.admits(values, false) && unwanted.admits(values, true);
    }

    @Override
    public boolean needsHttp() {
      return true;
    }
  }

  /** An attribute with one text. */
  record OfAttribute(Attribute attribute, Texts texts) implements Condition {
    @Override
    public boolean matches(RequestFacts facts, boolean every) {
      return texts.admits(attribute.of(facts));
    }

    @Override
    public boolean needsHttp() {
      return attribute == Attribute.REQUEST_PRINCIPAL;
    }
  }

  /** {@code source.ip}, {@code remote.ip} or {@code destination.ip}. */
  record OfAddress(boolean destination, Blocks blocks) implements Condition {
    @Override
    public boolean matches(RequestFacts facts, boolean every) {
      return blocks.admits(destination ? facts.destination().getAddress() : facts.caller().ip());
    }

    @Override
    public boolean needsHttp() {
      return false;
    }
  }

  /** Attributes that have one text. */
  enum Attribute {
    SOURCE_NAMESPACE,
    SOURCE_PRINCIPAL,
    SOURCE_ACCOUNT,
    REQUEST_PRINCIPAL,
    DESTINATION_PORT,
    SNI;

    String of(RequestFacts facts) {
      return switch (this) {
        case SOURCE_NAMESPACE -> facts.caller().namespace();
        case SOURCE_PRINCIPAL -> facts.caller().principal();
        case SOURCE_ACCOUNT -> facts.caller().namespace() + "/" + facts.caller().account();
        case REQUEST_PRINCIPAL -> facts.token().principal();
        case DESTINATION_PORT -> Integer.toString(facts.destination().getPort());
        case SNI -> facts.sni();
      };
    }
  }
}
