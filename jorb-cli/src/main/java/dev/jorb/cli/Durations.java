package dev.jorb.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads durations as people write them: `500ms`, `30s`, `5m`, `1h`.
final class Durations implements ITypeConverter<Duration> {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

  @Override
  public Duration convert(String text) {
    Matcher said = FORM.matcher(text);
    if (!said.matches()) {
      throw new TypeConversionException(
          "\"" + text + "\" is not a duration; write it like 500ms, 30s, 5m or 1h");
    }
    long number = Long.parseLong(said.group(1));
    return switch (said.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }
}
