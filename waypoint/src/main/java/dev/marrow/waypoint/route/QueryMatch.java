package dev.marrow.waypoint.route;

/**
 * What a query parameter must look like; of several with one name the first counts.
 *
 * @param inverted matches where {@code match} does not, also where the parameter is absent
 */
public record QueryMatch(String name, TextMatch match, boolean inverted) {
  boolean matches(String query) {
    return QueryText.parameter(query, name).map(match::matches).orElse(false) != inverted;
  }
}
