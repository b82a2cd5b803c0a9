package dev.jorb.cli;

import static dev.jorb.cli.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The bars in a real terminal, tmux, by what stands on its screen and in its scroll-back.
class BarsOnATerminalTest {
  private static final Pattern LINE = Pattern.compile("line-(\\d+) by ");

  @TempDir Path folder;
  private String server;

  @BeforeEach
  void nameTheServer() {
    server = "jorb-test-" + ProcessHandle.current().pid() + "-" + folder.getFileName();
  }

  @AfterEach
  void endTheServer() throws Exception {
    tmux("kill-server");
  }

  private String tmux(String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("tmux", "-L", server, "-u", "-f", "/dev/null"));
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).directory(folder.toFile()).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }

  private void start(int columns, int rows, int jobs, int pause, String environment)
      throws Exception {
    start(columns, rows, jobs, pause, environment, "plain");
  }

  private void start(int columns, int rows, int jobs, int pause, String environment, String kind)
      throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Path script = folder.resolve("start");
    Files.writeString(
        script,
        environment
            + " exec "
            + java
            + " -Dstderr.encoding=UTF-8 -Dstdout.encoding=UTF-8 -cp '"
            + System.getProperty("java.class.path")
            + "' "
            + BarsProgram.class.getName()
            + " '"
            + folder
            + "' "
            + jobs
            + " "
            + pause
            + " "
            + kind
            + "\n");
    tmux(
        "new-session",
        "-d",
        "-s",
        "s",
        "-x",
        "" + columns,
        "-y",
        "" + rows,
        "sh",
        "-c",
        "sh " + script + "; touch " + folder.resolve("over") + "; sleep 1000");
    tmux("set-option", "-g", "history-limit", "5000");
  }

  private String screen() throws Exception {
    return tmux("capture-pane", "-p", "-t", "s");
  }

  /// With the escapes that colour it.
  private String colouredScreen() throws Exception {
    return tmux("capture-pane", "-p", "-e", "-t", "s");
  }

  private String everything() throws Exception {
    return tmux("capture-pane", "-p", "-J", "-S", "-", "-t", "s");
  }

  private void letGo() throws IOException {
    Files.writeString(folder.resolve("go"), "");
  }

  private void awaitPause() throws Exception {
    eventually("it pauses", () -> Files.exists(folder.resolve("paused")));
  }

  private void awaitEnd() throws Exception {
    eventually("it ends; " + screen(), () -> Files.exists(folder.resolve("over")));
  }

  private static List<Integer> linesIn(String text) {
    List<Integer> numbers = new ArrayList<>();
    Matcher lines = LINE.matcher(text);
    while (lines.find()) {
      numbers.add(Integer.parseInt(lines.group(1)));
    }
    return numbers;
  }

  private static List<Integer> numbers(int count) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      numbers.add(i);
    }
    return numbers;
  }

  @Test
  void everyLogLineStandsAboveTheBarsOnceWhateverTheWindowDoes() throws Exception {
    start(80, 24, 76, 40, "");
    awaitPause();
    eventually("bars; " + screen(), () -> screen().contains("40 of 76 jobs ended"));
    tmux("resize-window", "-t", "s", "-x", "60", "-y", "20");
    eventually("narrow bars; " + screen(), () -> screen().contains("40 of 76 jobs ended"));
    tmux("resize-window", "-t", "s", "-x", "110", "-y", "30");
    letGo();
    awaitEnd();

    String all = everything();
    assertThat(linesIn(all)).containsExactlyElementsOf(numbers(76));
    assertThat(all.indexOf("76 of 76 jobs ended")).isGreaterThan(all.lastIndexOf("by JUL"));
    assertThat(all.strip()).endsWith("all over");
    assertThat(all.lines().filter(line -> line.startsWith("done "))).hasSize(1);
  }

  @Test
  void barsAreAsWideAsTheTerminal() throws Exception {
    start(200, 24, 8, 4, "");
    awaitPause();
    eventually("bars; " + screen(), () -> screen().contains("1 running, 3 waiting"));

    assertThat(screen())
        .contains("talk ")
        .containsPattern("talk [█░]{30} +4/8 +1 running, 3 waiting");
    letGo();
    awaitEnd();
  }

  @Test
  void jobsThatHaveFailedAreRed() throws Exception {
    start(100, 24, 8, 6, "", "failing");
    awaitPause();
    eventually("bars; " + screen(), () -> screen().contains("1 running, 1 waiting, 3 parked"));

    assertThat(colouredScreen()).containsPattern("talk +\u001b\\[32m█+\u001b\\[31m█+");
    assertThat(screen()).containsPattern("3 of 8 jobs ended, 3 parked");
    letGo();
    awaitEnd();
    assertThat(everything()).contains("4 of 8 jobs ended, 4 parked");
  }

  @Test
  void noColorTakesTheColoursAwayAndNotTheFigures() throws Exception {
    start(100, 24, 8, 6, "NO_COLOR=1", "failing");
    awaitPause();
    eventually("bars; " + screen(), () -> screen().contains("3 parked"));

    assertThat(colouredScreen()).doesNotContain("\u001b[3").containsPattern("talk +█+!+");
    letGo();
    awaitEnd();
  }

  @Test
  void thirtyStatesFitAWindowOfTheUsualSize() throws Exception {
    start(80, 24, 8, 4, "", "wide");
    awaitPause();
    eventually("bars; " + screen(), () -> screen().contains("4 of 8 jobs ended"));

    assertThat(screen()).contains("talk ", "more states", "done ");
    assertThat(screen().lines()).hasSizeLessThanOrEqualTo(24).allMatch(line -> line.length() < 80);
    letGo();
    awaitEnd();
    assertThat(linesIn(everything())).containsExactlyElementsOf(numbers(8));
  }

  @Test
  void dumbTerminalGetsPlainLines() throws Exception {
    start(80, 24, 8, 4, "TERM=dumb");
    awaitPause();
    letGo();
    awaitEnd();

    String all = everything();
    assertThat(linesIn(all)).containsExactlyElementsOf(numbers(8));
    assertThat(all).contains("8 of 8 jobs ended, ").doesNotContain("█");
  }
}
