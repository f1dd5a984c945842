package dev.marrow.conformance.command;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of a command as one line that a shell takes, and back. Pure. */
final class CommandLineWords {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=@%+,\\[\\]-]+");
  private static final Pattern WORD = Pattern.compile("'((?:[^']|'\\\\'')*)'|(\\S+)");

  private CommandLineWords() {}

  static String join(List<String> words) {
    return String.join(" ", words.stream().map(CommandLineWords::quoted).toList());
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  static List<String> split(String line) {
    List<String> words = new ArrayList<>();
    Matcher each = WORD.matcher(line);
    while (each.find()) {
      words.add(each.group(1) == null ? each.group(2) : each.group(1).replace("'\\''", "'"));
    }
    return words;
  }
}
