package dev.jorb.report;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// An error's text without what differs from job to job: ids, numbers, hashes, times, paths, quoted
/// names. Two errors with equal patterns have, as far as their text tells, the same cause.
///
/// Of a text with a stack trace it keeps each exception's message and the first frames that are
/// neither the JDK's nor the engine's, without line numbers. Of any other text it keeps the line
/// that tells most: the first that speaks of an error, else the first. Numbers that name a kind of
/// failure stay: `HTTP 502`, `exit code 128`, `E404`, `ORA-00001`.
///
/// @param headline the first message, such as `java.io.IOException: HTTP 502 for <path>`
/// @param rest the messages of the causes and the frames, in their order
public record ErrorPattern(String headline, List<String> rest) {
  private static final int MAX_LINE = 500;
  private static final int FRAMES = 3;
  private static final String FRAME = "at ";
  private static final String CAUSE = "caused by: ";
  private static final Pattern ERROR_LINE =
      Pattern.compile("(?i)\\b(?:errors?|fatal|exception|err!|failed|failure|panic)\\b");
  private static final Pattern SYNTHETIC = Pattern.compile("\\$\\$Lambda.*?\\.|\\$\\d+");
  private static final List<String> NOT_THE_USERS =
      List.of(
          "java.", "javax.", "jdk.", "sun.", "com.sun.", "dev.jorb.engine.", "dev.jorb.workflow.");

  /// What is taken out, in this order: what an earlier rule has replaced, a later one does not see.
  private static final List<Rule> RULES =
      List.of(
          rule("\\u001b\\[[0-9;?]*[A-Za-z]", ""),
          rule("[\\uE000\\uE001]", ""),
          rule(
              "\\b([a-z][a-z0-9+.-]{1,12}://)(?:[^\\s/@\"']*@)?([^\\s/:\"'?#<>()]+)[^\\s\"'<>()]*",
              "$1$2/<path>"),
          rule("[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+(?::[\\w./~-]+)?", "<address>"),
          rule("\\b\\d{1,3}(?:\\.\\d{1,3}){3}(?::\\d+)?\\b", "<address>"),
          rule(
              "(?<![\\w])\\[?(?:[0-9a-fA-F]{1,4}:){3,7}:?[0-9a-fA-F]{1,4}\\]?(?::\\d+)?(?![\\w])",
              "<address>"),
          rule("(?<![\\w'])'[^'\\n]{1,200}'(?!\\w)", "'<name>'"),
          rule("(?<!\\w)\"[^\"\\n]{1,200}\"(?!\\w)", "\"<name>\""),
          rule("`[^`\\n]{1,200}`", "`<name>`"),
          rule("[“„«][^”“»\\n]{1,200}[”“»]", "\"<name>\""),
          rule(
              "(?<![\\w<>/])(?:[A-Za-z]:)?\\\\(?:[^\\\\\\s:*?\"<>|]+\\\\)*[^\\\\\\s:*?\"<>|]+",
              "<path>"),
          rule("(?<![\\w<>/.])(?:~|\\.{1,2})?(?:/[\\w.@+%~=,#$-]+)+/?", "<path>"),
          rule("(?<![\\w<>/.-])\\.{0,2}(?:[\\w.@+%~-]+/){2,}[\\w.@+%~-]+", "<path>"),
          rule("(?<![\\w<>/.-])\\.{0,2}/?(?:[\\w.@+%~-]+/)+[\\w@+%~-]*\\.\\w{1,8}\\b", "<path>"),
          rule(
              "(?<![\\w<>/.-])[\\w-]+\\.(?:java|kt|scala|groovy|js|ts|tsx|jsx|py|go|rs|c|cc|cpp|h|cs|rb|php|xml|json|ya?ml|toml|gradle|pom|jar|class|sh|sql|md|txt|log|properties|lock|tmp|zip|gz)\\b(?![.]\\w)",
              "<path>"),
          rule(
              "\\b\\d{4}-\\d\\d-\\d\\d(?:[T ]\\d\\d:\\d\\d(?::\\d\\d(?:[.,]\\d+)?)?(?:Z|[+-]\\d\\d:?\\d\\d)?)?",
              "<time>"),
          rule(
              "\\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d\\d? [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d(?: [A-Z]{2,4})?",
              "<time>"),
          rule("\\b\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d+)?\\b", "<time>"),
          rule("(?i)\\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\\b", "<uuid>"),
          rule("(?i)(?<=@)[0-9a-f]{5,16}\\b", "<hash>"),
          rule("(?i)\\b0x[0-9a-f]+\\b", "<hash>"),
          rule("(?i)\\b(?:sha(?:1|256|384|512)[-:])(?:[A-Za-z0-9+/]{20,}={0,2})", "<hash>"),
          rule(
              "(?<![A-Za-z0-9])(?=[0-9a-f]*\\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}(?![A-Za-z0-9])",
              "<hash>"),
          rule(
              "(?<![A-Za-z0-9_<-])(?=[\\w-]*\\d)(?=[\\w-]*[A-Za-z])[A-Za-z0-9_-]{20,}(?![\\w>-])",
              "<id>"),
          rule("\\b(lambda\\$\\w+)\\$\\d+", "$1"),
          new Rule(
              Pattern.compile(
                  "(?i:\\b(?:HTTP(?:/\\d(?:\\.\\d)?)?|status(?: code)?|(?:response|error|vendor|exit|return) (?:code|status|value)"
                      + "|exit(?:ed)?(?: with)?|code|errno|SQLSTATE|SQL state|signal)\\b[ :=(\\[]{0,3}\\w*\\d+)"
                      + "|\\b(?:ORA|PLS|TNS|SQL|DB2)-?\\d{2,6}\\b|\\b[A-Z]{1,5}\\d{2,6}\\b"
                      + "|(?<![\\w.:-])[1-5]\\d\\d(?= [A-Z])"),
              "\uE000$0\uE001"),
          rule(
              "(?<![\\w.])[-+]?\\d+(?:[.,:]\\d+)*(?: ?(?:ns|ms|[kMGT]i?B|bytes|seconds?|minutes?|s|min|h|m|%))?(?!\\w)(?![^\\uE000]*\\uE001)",
              "<n>"),
          rule("\\d+(?:\\.\\d+)*(?![^\\uE000]*\\uE001)", "<n>"),
          rule("[\\uE000\\uE001]", ""),
          rule("(<path>)(?::(?:<n>|<time>))+", "$1"),
          rule("\\s+", " "));

  /// Copies the list.
  public ErrorPattern {
    rest = List.copyOf(rest);
  }

  /// One thing that is taken out, and what stands in its place.
  private record Rule(Pattern pattern, String replacement) {
    String applyTo(String text) {
      return pattern.matcher(text).replaceAll(replacement);
    }
  }

  private static Rule rule(String pattern, String replacement) {
    return new Rule(Pattern.compile(pattern), replacement);
  }

  /// The pattern of an error's text. Takes time in proportion to its length, of which the first few
  /// hundred characters of each line count.
  public static ErrorPattern of(String message) {
    List<String> lines =
        message.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    if (lines.isEmpty()) {
      return new ErrorPattern("(no message)", List.of());
    }
    return lines.stream().anyMatch(line -> isFrame(line))
        ? ofTrace(lines)
        : new ErrorPattern(normalised(tellingLine(lines)), List.of());
  }

  private static ErrorPattern ofTrace(List<String> lines) {
    List<String> rest = new ArrayList<>();
    int frames = 0;
    boolean isInMessage = true;
    for (String line : lines.subList(1, lines.size())) {
      if (isFrame(line)) {
        isInMessage = false;
        if (frames < FRAMES && isOfUser(line)) {
          rest.add(frame(line));
          frames++;
        }
      } else if (line.startsWith(CAUSE) || !isInMessage) {
        // The lines that follow a message's first belong to it and tell less.
        rest.add(normalised(line));
        frames = 0;
        isInMessage = true;
      }
    }
    return new ErrorPattern(normalised(lines.getFirst()), rest);
  }

  private static boolean isFrame(String line) {
    return line.startsWith(FRAME) && line.endsWith(")") && line.indexOf('(') > FRAME.length();
  }

  private static boolean isOfUser(String frame) {
    String name = frame.substring(FRAME.length());
    String type = name.substring(name.indexOf('/') + 1);
    return NOT_THE_USERS.stream().noneMatch(type::startsWith);
  }

  /// `at dev.acme.Steps.push`: without the line, and without the numbers that compilers give.
  private static String frame(String line) {
    String name = line.substring(0, line.indexOf('('));
    return SYNTHETIC.matcher(name).replaceAll(found -> found.group().endsWith(".") ? "." : "");
  }

  private static String tellingLine(List<String> lines) {
    return lines.stream()
        .filter(line -> ERROR_LINE.matcher(line).find())
        .findFirst()
        .orElse(lines.getFirst());
  }

  private static String normalised(String line) {
    String text = line.length() <= MAX_LINE ? line : line.substring(0, MAX_LINE);
    for (Rule rule : RULES) {
      text = rule.applyTo(text);
    }
    return text.strip();
  }

  /// The headlines of the causes, for people.
  List<String> causes() {
    Set<String> causes = new HashSet<>();
    return rest.stream().filter(line -> !line.startsWith(FRAME)).filter(causes::add).toList();
  }

  /// The frames, for people.
  List<String> frames() {
    return rest.stream().filter(line -> line.startsWith(FRAME)).toList();
  }
}
