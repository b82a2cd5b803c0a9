package dev.jorb.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is taken out of errors as real tools write them, and what stays.
class ErrorPatternTest {
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          javac  | /home/ci/clones/42/src/main/java/dev/acme/Foo.java:17: error: cannot find symbol | <path>: error: cannot find symbol
          javac  | src/main/java/dev/acme/Bar.java:1804: error: cannot find symbol | <path>: error: cannot find symbol
          javac  | Foo.java:3: error: ';' expected | <path>: error: '<name>' expected
          javac  | error: release version 25 not supported | error: release version <n> not supported
          javac  | C:\\work\\job-17\\src\\Foo.java:17: error: cannot find symbol | <path>: error: cannot find symbol
          maven  | [ERROR] Failed to execute goal on project widget-17: Could not resolve dependencies for project dev.acme:widget-17:jar:1.4.2-SNAPSHOT | [ERROR] Failed to execute goal on project widget-<n>: Could not resolve dependencies for project dev.acme:widget-<n>:jar:<n>-SNAPSHOT
          maven  | There are test failures. Tests run: 412, Failures: 3, Errors: 0, Skipped: 7 | There are test failures. Tests run: <n>, Failures: <n>, Errors: <n>, Skipped: <n>
          git    | fatal: repository 'https://github.com/acme/widget-17.git/' not found | fatal: repository '<name>' not found
          git    | fatal: unable to access 'https://github.com/acme/x.git/': Could not resolve host: github.com | fatal: unable to access '<name>': Could not resolve host: github.com
          git    | error: pathspec 'release/2024-11' did not match any file(s) known to git | error: pathspec '<name>' did not match any file(s) known to git
          git    | fatal: reference is not a tree: 9fceb02d0ae598e95dc970b74767f19372d61af8 | fatal: reference is not a tree: <hash>
          git    | error: could not apply fa39187... Bump guava to 33.2.1 | error: could not apply <hash>... Bump guava to <n>
          git    | ! [rejected] bump-guava-17 -> bump-guava-17 (non-fast-forward) | ! [rejected] bump-guava-<n> -> bump-guava-<n> (non-fast-forward)
          git    | git@github.com:acme/widget.git: Permission denied (publickey). | <address>: Permission denied (publickey).
          git    | fatal: Unable to create '/var/clones/17/.git/index.lock': File exists. | fatal: Unable to create '<name>': File exists.
          HTTP   | HTTP 502 for https://api.example.com/repos/acme/widget/pulls/17?page=3 | HTTP 502 for https://api.example.com/<path>
          HTTP   | HTTP 404 for https://api.example.com/repos/acme/gadget | HTTP 404 for https://api.example.com/<path>
          HTTP   | java.net.ConnectException: Failed to connect to /10.0.3.17:8443 after 5003 ms | java.net.ConnectException: Failed to connect to /<address> after <n>
          HTTP   | java.net.http.HttpTimeoutException: request timed out | java.net.http.HttpTimeoutException: request timed out
          HTTP   | java.net.SocketTimeoutException: timeout after 10.25s waiting for api.example.com:443 | java.net.SocketTimeoutException: timeout after <n> waiting for api.example.com:<n>
          HTTP   | Server returned HTTP response code: 503 for URL: http://build7.example.com/job/1234/ | Server returned HTTP response code: 503 for URL: http://build<n>.example.com/<path>
          HTTP   | 429 Too Many Requests: retry after 37 seconds (request 7f9c24e8-3b12-4a6e-9d1c-0f6a2b3c4d5e) | 429 Too Many Requests: retry after <n> (request <uuid>)
          HTTP   | API rate limit exceeded for user ID 583231. Resets at 2026-11-24T10:42:07Z | API rate limit exceeded for user ID <n>. Resets at <time>
          JDBC   | org.postgresql.util.PSQLException: ERROR: duplicate key value violates unique constraint "orders_pkey" | org.postgresql.util.PSQLException: ERROR: duplicate key value violates unique constraint "<name>"
          JDBC   | java.sql.SQLException: ORA-00001: unique constraint (SHOP.ORDER_PK) violated | java.sql.SQLException: ORA-00001: unique constraint (SHOP.ORDER_PK) violated
          JDBC   | Lock wait timeout exceeded; try restarting transaction [SQLSTATE 40001, vendor code 1205] | Lock wait timeout exceeded; try restarting transaction [SQLSTATE 40001, vendor code 1205]
          JDBC   | HikariPool-3 - Connection is not available, request timed out after 30001ms | HikariPool-<n> - Connection is not available, request timed out after <n>
          JDBC   | Connection to db-7.example.com:5432 refused. | Connection to db-<n>.example.com:<n> refused.
          npm    | npm ERR! code E404 | npm ERR! code E404
          npm    | npm error 404 Not Found - GET https://packages.example.com/@acme%2fwidget - Not found | npm error 404 Not Found - GET https://packages.example.com/<path> - Not found
          npm    | npm ERR! notsup Required: {"node":">=22.1"} | npm ERR! notsup Required: {"<name>":"<name>"}
          npm    | npm error A complete log of this run can be found in: /root/.npm/_logs/2026-11-24T10_42_07_113Z-debug-0.log | npm error A complete log of this run can be found in: <path>
          tsc    | src/app/job-17.ts(3,17): error TS2345: Argument is not assignable | <path>(<n>): error TS2345: Argument is not assignable
          shell  | process exited with code 128 | process exited with code 128
          shell  | bash: line 17: ./gradlew: Permission denied | bash: line <n>: <path>: Permission denied
          docker | Error response from daemon: No such container: 4f5a6b7c8d9e | Error response from daemon: No such container: <hash>
          docker | manifest for acme/widget@sha256:0d1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f7 not found | manifest for acme/widget@<hash> not found
          JVM    | java.lang.NullPointerException: Cannot invoke "String.length()" because "<local4>" is null | java.lang.NullPointerException: Cannot invoke "<name>" because "<name>" is null
          JVM    | java.lang.IllegalStateException: dev.acme.Widget@1b6d3586 is closed | java.lang.IllegalStateException: dev.acme.Widget@<hash> is closed
          JVM    | java.nio.file.NoSuchFileException: /var/build/8823749/clone/pom.xml | java.nio.file.NoSuchFileException: <path>
          words  | it can't be read and won't be, either/or | it can't be read and won't be, either/or
          words  | Content type text/html is not application/json | Content type text/html is not application/json
          AWS    | instance i-0abcd1234efgh5678xyz is not running | instance <id> is not running
          """)
  void normalises(String tool, String message, String pattern) {
    assertThat(ErrorPattern.of(message)).isEqualTo(new ErrorPattern(pattern, List.of()));
  }

  @Nested
  class Traces {
    private static final String TRACE =
        """
        java.io.IOException: push of bump-%d failed
          at java.base/sun.nio.ch.Net.connect(Net.java:%d)
          at dev.acme.Steps.lambda$push$%d(Steps.java:%d)
          at dev.acme.Steps$$Lambda/0x00007f.apply(Unknown Source)
          at dev.jorb.engine.Steps.execute(Steps.java:77)
        caused by: java.net.ConnectException: Connection refused (port %d)
          at java.base/java.net.Socket.connect(Socket.java:1)
        """;

    @Test
    void linesAndNumbersOfLambdasDoNotCount() {
      assertThat(ErrorPattern.of(TRACE.formatted(17, 1, 2, 3, 4)))
          .isEqualTo(ErrorPattern.of(TRACE.formatted(18, 5, 6, 7, 8)));
    }

    @Test
    void causesAndOwnFramesCount() {
      ErrorPattern pattern = ErrorPattern.of(TRACE.formatted(17, 1, 2, 3, 4));

      assertThat(pattern.headline()).isEqualTo("java.io.IOException: push of bump-<n> failed");
      assertThat(pattern.causes())
          .containsExactly("caused by: java.net.ConnectException: Connection refused (port <n>)");
      assertThat(pattern.frames()).first().isEqualTo("at dev.acme.Steps.lambda$push");
    }

    @Test
    void otherCauseIsOtherPattern() {
      String trace = TRACE.formatted(17, 1, 2, 3, 4);

      assertThat(ErrorPattern.of(trace.replace("Connection refused", "No route to host")))
          .isNotEqualTo(ErrorPattern.of(trace));
    }

    @Test
    void otherPlaceIsOtherPattern() {
      String trace = TRACE.formatted(17, 1, 2, 3, 4);

      assertThat(ErrorPattern.of(trace.replace("Steps.lambda$push", "Steps.fetch")))
          .isNotEqualTo(ErrorPattern.of(trace));
    }
  }

  @Nested
  class Texts {
    @Test
    void lineThatSpeaksOfTheErrorTellsMost() {
      String text = "Cloning into 'widget-17'...\nwarning: slow\nfatal: early EOF\nfatal: bye\n";

      assertThat(ErrorPattern.of(text).headline()).isEqualTo("fatal: early EOF");
    }

    @Test
    void emptyTextHasAPatternToo() {
      assertThat(ErrorPattern.of(" \n").headline()).isEqualTo("(no message)");
    }

    @Test
    void escapesOfATerminalAreTakenOut() {
      assertThat(ErrorPattern.of("\u001b[1;31mbuild 17 broke\u001b[0m").headline())
          .isEqualTo("build <n> broke");
    }

    @Test
    void hostileTextIsCutAndTakesNoTime() {
      String text = "'".repeat(3_000) + "a/".repeat(3_000) + "0-".repeat(2_000);

      assertTimeoutPreemptively(Duration.ofMinutes(1), () -> ErrorPattern.of(text));
      assertThat(ErrorPattern.of("x".repeat(13_000)).headline()).hasSize(500);
    }

    @Test
    void lineThatIsNearlyAFrameIsNone() {
      assertThat(ErrorPattern.of("broken (see\nat line 3)").headline()).isEqualTo("broken (see");
      assertThat(ErrorPattern.of("broken\nat (17)").rest()).isEmpty();
    }
  }
}
