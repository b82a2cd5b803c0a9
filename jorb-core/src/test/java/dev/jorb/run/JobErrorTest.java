package dev.jorb.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class JobErrorTest {
  private static String kept(String message) {
    return JobError.after(null, "new", Instant.EPOCH, message, 1).message();
  }

  @Test
  void aLongMessageIsCutAndSaysSo() {
    String kept = kept("x".repeat(20_000));

    assertThat(kept)
        .hasSizeLessThanOrEqualTo(JobError.MAX_LENGTH)
        .startsWith("x".repeat(7_900))
        .endsWith("x… (12040 more characters)");
  }

  @Test
  void aMessageThatWasCutIsNotCutAgain() {
    String kept = kept("x".repeat(20_000));

    assertThat(kept(kept)).isEqualTo(kept);
  }

  @Test
  void aPairOfSurrogatesIsNotCutApart() {
    assertThat(kept("\uD83D\uDE00".repeat(20_000)).codePoints())
        .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    assertThat(kept("x" + "\uD83D\uDE00".repeat(20_000)).codePoints())
        .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }
}
