package dev.jorb.cli;

import static dev.jorb.cli.Cli.jorb;
import static dev.jorb.cli.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.processor.Processor;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import tools.jackson.databind.JsonNode;

/// The report of a run of 10,000 jobs whose contexts and errors are hostile, as a browser sees it.
class ReportTest {
  private static final int JOBS = 10_000;

  /// What runs somewhere if a text is taken for HTML, a script, a style or an address.
  private static final List<String> HOSTILE =
      List.of(
          "<script>window.hacked=1</script>",
          "</script><script>window.hacked=2</script>",
          "<img src=x onerror=window.hacked=3>",
          "\"><svg onload=window.hacked=4>",
          "' onmouseover='window.hacked=5",
          "<iframe srcdoc='<script>parent.hacked=6</script>'></iframe>",
          "<!--<script>window.hacked=7//-->",
          "]]><script>window.hacked=8</script>",
          "javascript:window.hacked=9",
          "<a href=javascript:window.hacked=10 autofocus onfocus=window.hacked=10>x</a>",
          "<style>@import 'http://example.com/x.css';</style>",
          "${window.hacked=11}{{constructor.constructor('window.hacked=11')()}}",
          "\\u003cscript\\u003ewindow.hacked=12\\u003c/script\\u003e",
          "&lt;script&gt;window.hacked=13&lt;/script&gt;",
          "<details open ontoggle=window.hacked=14>",
          "\u2028window.hacked=15//\u2029\u0000\u0008\uFFFF",
          "</textarea></title></style></noscript><script>window.hacked=16</script>",
          "<base href='http://example.com/'><form action='http://example.com/'><input autofocus>");

  record Plan(String name) {}

  record Task(int number, String text) {}

  @TempDir static Path folder;
  private static Path file;
  private static Path page;

  @BeforeAll
  static void runAndReport() {
    file = folder.resolve("hostile.jorb");
    page = folder.resolve("report.html");
    var workflow =
        Workflow.named(HOSTILE.get(1), String.class, Plan.class, Task.class)
            .state(
                "look",
                s -> s.exec((app, plan, task) -> Outcome.to("<b>work</b>", task)).concurrency(8))
            .state("<b>work</b>", s -> s.exec(ReportTest::work).concurrency(8).retry(Retry.never()))
            .terminal(HOSTILE.get(0))
            .build();
    Run<Plan, Task> run = workflow.run(HOSTILE.get(16), new Plan(HOSTILE.get(2)));
    run.addAll(
        IntStream.range(0, JOBS).mapToObj(i -> new Task(i, HOSTILE.get(i % HOSTILE.size()))));
    try (var journal = JournalSerializer.at(file, workflow)) {
      Processor.of(workflow, "").serializer(journal).exec(run);
    }
    assertThat(jorb("report", file, "-o", page).code()).isZero();
  }

  private static Outcome<Task> work(String app, Plan plan, Task task) {
    if (task.number() % 10 == 0) {
      throw new IllegalStateException(task.text() + " broke job " + task.number());
    }
    return Outcome.to(HOSTILE.get(0), task);
  }

  @Test
  void textSaysTheSameFigures() {
    assertThat(jorb("report", file).out())
        .contains("9000 of 10000 jobs ended, 1000 parked; 20000 executions, 1000 failed")
        .contains("slowest jobs", "errors by cause");
  }

  @Test
  void jsonEqualsStatus() {
    JsonNode report = jorb("report", file, "--json").json();

    assertThat(report.get("counts")).isEqualTo(jorb("status", file, "--json").json().get("states"));
    assertThat(report.get("states").get(1).get("failures").asInt()).isEqualTo(1_000);
  }

  @Test
  void pageHasNoAddressButThatOfSvg() throws Exception {
    String own = Files.readString(page).replaceAll("(?s)<body>.*?<script>", "");

    assertThat(
            own.replace("http://www.w3.org/2000/svg", "")
                .replace("http://www.w3.org/1999/xhtml", ""))
        .doesNotContainPattern("(src|href|url)\\s*[=(]\\s*[\"']?https?:");
  }

  @Nested
  class InABrowser {
    private static ChromeDriver browser;

    @BeforeAll
    static void open() throws Exception {
      ChromeOptions options = new ChromeOptions();
      options.addArguments(
          "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1240,2600");
      options.setBinary("/usr/bin/chromium");
      LoggingPreferences logs = new LoggingPreferences();
      logs.enable(LogType.BROWSER, Level.ALL);
      options.setCapability("goog:loggingPrefs", logs);
      browser =
          new ChromeDriver(
              new ChromeDriverService.Builder()
                  .usingDriverExecutable(Path.of("/usr/bin/chromedriver").toFile())
                  .build(),
              options);
      browser.get(page.toUri().toString());
      eventually(
          "the page has drawn its pictures",
          () ->
              "yes".equals(browser.findElement(By.tagName("html")).getDomAttribute("data-drawn")));
    }

    @AfterAll
    static void close() {
      browser.quit();
    }

    @Test
    void figuresEqualStatus() {
      for (JsonNode state : jorb("status", file, "--json").json().get("states")) {
        boolean isTerminal = state.get("terminal").asBoolean();
        Map<String, Integer> expected =
            Map.of(
                "waiting",
                state.get("waiting").asInt(),
                "delayed",
                state.get("delayed").asInt(),
                "parked",
                state.get("parked").asInt(),
                isTerminal ? "ended" : "executed",
                state.get("completed").asInt());
        expected.forEach((figure, number) ->
            assertThat(shown(state.get("state").asString(), figure)).isEqualTo(number));
      }
    }

    private static int shown(String state, String figure) {
      return browser.findElements(By.cssSelector("[data-figure=" + figure + "]")).stream()
          .filter(cell -> state.equals(cell.getDomAttribute("data-state")))
          .map(cell -> Integer.parseInt(cell.getText()))
          .findFirst()
          .orElseThrow();
    }

    @Test
    void noScriptFailsAndNothingHostileRuns() {
      assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
      assertThat(browser.executeScript("return window.hacked === undefined")).isEqualTo(true);
      assertThat(browser.findElements(By.cssSelector("iframe, img, form, base, a, body b")))
          .isEmpty();
      assertThat(browser.findElements(By.tagName("script"))).hasSize(4);
    }

    @Test
    void hostileTextsAreShownAsTheyAre() {
      assertThat(browser.findElement(By.tagName("h1")).getText()).isEqualTo(HOSTILE.get(16));
      assertThat(browser.findElement(By.id("counts-table")).getText()).contains("<b>work</b>");
      assertThat(browser.findElement(By.id("errors-table")).getText()).contains("onerror");
    }

    @Test
    void picturesAreDrawn() throws Exception {
      assertThat(browser.findElements(By.cssSelector("#graph rect"))).hasSize(3);
      assertThat(browser.findElements(By.cssSelector("#progress .uplot"))).hasSize(3);
      assertThat(browser.findElements(By.cssSelector("#timeline canvas"))).hasSize(1);
      Path kept = Path.of("target", "report.png");
      Files.createDirectories(kept.getParent());
      Files.copy(
          browser.getScreenshotAs(OutputType.FILE).toPath(),
          kept,
          StandardCopyOption.REPLACE_EXISTING);
      assertThat(kept).isNotEmptyFile();
    }
  }
}
