package dev.jorb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArgumentsTest {
  @Test
  void optionIsTakenInBothForms() {
    Arguments arguments = Arguments.of("--work", "a", "status", "--repos=b=c", "--json");

    assertThat(arguments.take("--work", "DIR", "", "w")).isEqualTo("a");
    assertThat(arguments.take("--repos", "DIR", "")).contains("b=c");
    assertThat(arguments.rest()).containsExactly("status", "--json");
  }

  @Test
  void optionThatIsNotGivenHasItsDefault() {
    assertThat(Arguments.of("run").take("--work", "DIR", "", "w")).isEqualTo("w");
    assertThat(Arguments.of("run").take("--repos", "DIR", "")).isEmpty();
  }

  @Test
  void flagIsTaken() {
    Arguments arguments = Arguments.of("--dry", "run");

    assertThat(arguments.takeFlag("--dry", "")).isTrue();
    assertThat(arguments.takeFlag("--wet", "")).isFalse();
    assertThat(arguments.rest()).containsExactly("run");
  }

  @Test
  void optionWithTheSameBeginningIsLeft() {
    Arguments arguments = Arguments.of("--workers", "3");

    assertThat(arguments.take("--work", "DIR", "", "w")).isEqualTo("w");
    assertThat(arguments.rest()).containsExactly("--workers", "3");
  }

  @Test
  void missingValueIsAProblem() {
    Arguments arguments = Arguments.of("--work", "--json");

    assertThat(arguments.take("--work", "DIR", "", "w")).isEqualTo("w");
    assertThat(arguments.problems()).containsExactly("option --work needs a value: --work DIR");
  }

  @Test
  void valueGivenTwiceIsAProblem() {
    Arguments arguments = Arguments.of("--work", "a", "--work=b");

    arguments.take("--work", "DIR", "", "w");

    assertThat(arguments.problems()).containsExactly("option --work may be given once");
  }
}
