package dev.jorb.cli;

import static dev.jorb.cli.Cli.demo;
import static dev.jorb.cli.Cli.jorb;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tables for other programs, from a run whose job 0 has ended and whose job 1 is parked.
class ExportTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void runTheDemo() {
    demo(folder, "ok,fail");
    file = folder.resolve("demo.jorb");
  }

  @Test
  void runFileItselfIsNeverOverwritten() throws Exception {
    byte[] before = Files.readAllBytes(file);
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);

    for (String verb : List.of("export", "report")) {
      assertThat(jorb(verb, file, "-o", link))
          .satisfies(answer -> assertThat(answer.code()).isEqualTo(2))
          .satisfies(answer -> assertThat(answer.err()).contains("is the run file itself"));
    }

    assertThat(file).hasBinaryContent(before);
  }

  @Nested
  class AsCsv {
    @Test
    void jobsHaveAHeaderAndALineEach() {
      List<String> rows = List.of(jorb("export", file).out().split("\r\n"));

      assertThat(rows).hasSize(3);
      assertThat(rows.get(0)).startsWith("\"id\",\"state\",\"standing\",\"version\",");
      assertThat(rows.get(1))
          .startsWith("\"0\",\"done\",\"ended\",3,")
          .endsWith(",\"{\"\"kind\"\":\"\"ok\"\"}\"");
      assertThat(rows.get(2)).startsWith("\"1\",\"work\",\"parked\",3,").contains("from the proxy");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "=cmd|' /C calc'!A0",
          "+1+1",
          "-1-1",
          "@SUM(A1)",
          "\t=1",
          "\r=1",
          "\n=1",
          "＝1",
          "＋1",
          "－1",
          "＠x"
        })
    void whatWouldBeAFormulaIsText(String hostile) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      new Csv(new PrintStream(bytes, true, StandardCharsets.UTF_8)).row(Stream.of(hostile, -1));

      assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("\"'" + hostile + "\",-1\r\n");
    }
  }

  @Nested
  class AsJsonLines {
    @Test
    void contextIsAnObjectAndNotAText() {
      assertThat(jorb("export", file, "--form", "jsonl").out().lines().toList())
          .hasSize(2)
          .first()
          .asString()
          .startsWith("{\"id\":\"0\",\"state\":\"done\"")
          .endsWith("\"context\":{\"kind\":\"ok\"}}");
    }

    @Test
    void transitionsAndErrorsAreRowsToo() {
      assertThat(jorb("export", file, "--rows", "transitions", "--form", "jsonl").out())
          .hasLineCount(4)
          .startsWith("{\"job\":\"0\",\"n\":1,\"from\":\"new\",\"to\":\"work\",\"at\":\"2");
      assertThat(jorb("export", file, "--rows", "errors", "--form", "jsonl").out())
          .hasLineCount(1)
          .contains("\"state\":\"work\"", "HTTP 502");
    }

    @Test
    void fileInsteadOfStandardOutput() {
      Path out = folder.resolve("jobs.jsonl");

      assertThat(jorb("export", file, "--form", "jsonl", "-o", out).out()).isEmpty();
      assertThat(out).content().hasLineCount(2);
    }
  }

  @Nested
  class Mistakes {
    @Test
    void folderOfTheOutputThatIsNotThereIsNamed() {
      Path out = folder.resolve("none").resolve("jobs.jsonl");

      assertThat(jorb("export", file, "--form", "jsonl", "-o", out).err())
          .contains("-o " + out + " cannot be made: its folder does not exist")
          .doesNotContain("\tat ");
    }

    @Test
    void verbThatIsMisspeltIsToldWithTheRightOne() {
      assertThat(jorb("stauts", file).err()).contains("did you mean", "status");
    }
  }

  /// The recipes of the guide, run as they stand there.
  @Nested
  class WithDuckDb {
    @Test
    void recipesOfTheGuideGiveTheirAnswers() throws Exception {
      jorb("export", file, "--form", "jsonl", "-o", folder.resolve("jobs.jsonl"));
      jorb("export", file, "--rows", "transitions", "-o", folder.resolve("transitions.csv"));
      List<String> recipes = recipes();

      assertThat(answers(recipes.get(0))).containsExactly("done|1", "work|1");
      assertThat(answers(recipes.get(1)))
          .satisfiesExactly(
              first -> assertThat(first).startsWith("new|2|"),
              second -> assertThat(second).startsWith("work|2|"));
      assertThat(answers(recipes.get(2))).containsExactly("done|ok", "work|fail");
    }

    private List<String> recipes() throws Exception {
      String guide = Files.readString(Path.of(System.getProperty("jorb.root"), "docs", "guide.md"));
      Matcher blocks = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL).matcher(guide);
      List<String> recipes = new ArrayList<>();
      while (blocks.find()) {
        recipes.add(blocks.group(1));
      }
      return recipes;
    }

    private List<String> answers(String sql) throws SQLException {
      String here =
          sql.replace("'jobs.jsonl'", "'" + folder.resolve("jobs.jsonl") + "'")
              .replace("'transitions.csv'", "'" + folder.resolve("transitions.csv") + "'")
              .replace("'upgrade.jorb'", "'" + file + "'");
      List<String> rows = new ArrayList<>();
      try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
          Statement statement = connection.createStatement();
          ResultSet result = statement.executeQuery(here)) {
        int columns = result.getMetaData().getColumnCount();
        while (result.next()) {
          List<String> row = new ArrayList<>();
          for (int i = 1; i <= columns; i++) {
            row.add(result.getString(i));
          }
          rows.add(String.join("|", row));
        }
      }
      return rows;
    }
  }
}
