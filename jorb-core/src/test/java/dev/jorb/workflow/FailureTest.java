package dev.jorb.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FailureTest {
  @Test
  void tellsClassMessageAndFirstFrames() {
    assertThat(Failure.describe(new IllegalStateException("no route")))
        .startsWith("java.lang.IllegalStateException: no route\n  at ")
        .contains("FailureTest.tellsClassMessageAndFirstFrames");
  }

  @Test
  void tellsTheCauses() {
    Exception failure = new Exception("outer", new Exception("middle", new Error("inner")));

    assertThat(Failure.describe(failure))
        .containsSubsequence(
            "java.lang.Exception: outer",
            "caused by: java.lang.Exception: middle",
            "caused by: java.lang.Error: inner");
  }

  @Test
  void deepStacksAndLongChainsAreCut() {
    Exception failure = new Exception("0");
    for (int i = 1; i < 100; i++) {
      failure = new Exception(Integer.toString(i), failure);
    }

    assertThat(Failure.describe(failure).lines().count()).isLessThanOrEqualTo(6 * 9);
  }

  @Nested
  class HostileFailures {
    @Test
    void messageThatCannotBeRead() {
      class Mute extends RuntimeException {
        @Override
        public String getMessage() {
          throw new IllegalArgumentException("ha");
        }
      }

      assertThat(Failure.describe(new Mute()))
          .contains("Mute (its message cannot be read: java.lang.IllegalArgumentException)");
    }

    @Test
    void causeThatCannotBeRead() {
      class Orphan extends RuntimeException {
        @Override
        public Throwable getCause() {
          throw new StackOverflowError();
        }
      }

      assertThat(Failure.describe(new Orphan())).contains("Orphan");
    }

    @Test
    void framesThatCannotBeRead() {
      class Nowhere extends RuntimeException {
        @Override
        public StackTraceElement[] getStackTrace() {
          throw new IllegalArgumentException("ha");
        }
      }

      assertThat(Failure.describe(new Nowhere())).contains("Nowhere");
    }

    @Test
    void noFrames() {
      class Bare extends RuntimeException {
        @Override
        public StackTraceElement[] getStackTrace() {
          return null;
        }
      }

      assertThat(Failure.describe(new Bare())).contains("Bare");
    }

    @Test
    void failureThatIsItsOwnCause() {
      class Circle extends RuntimeException {
        @Override
        public Throwable getCause() {
          return this;
        }
      }

      assertThat(Failure.describe(new Circle())).contains("caused by");
    }
  }
}
