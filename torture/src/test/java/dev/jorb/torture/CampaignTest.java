package dev.jorb.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The campaign itself, with rows whose results are known.
class CampaignTest {
  @TempDir Path folder;
  private final StringWriter err = new StringWriter();
  private Path json;

  @BeforeEach
  void chooseFile() {
    json = folder.resolve("results.json");
  }

  /// A row that does as it is told.
  private record Told(String name, long full, long shorter, Turn.Body body) implements Row {
    @Override
    public String what() {
      return "as told";
    }

    @Override
    public Tally run(Plan plan) {
      return plan.patience(Duration.ofMillis(300)).inParallel(plan.pick(full, shorter), body);
    }
  }

  private int torture(List<Row> rows, String... more) {
    List<String> args = new ArrayList<>(List.of(more));
    args.addAll(List.of("--json", json.toString(), "--commit", "abc"));
    args.addAll(List.of("--scratch", folder.resolve("scratch").toString()));
    args.addAll(List.of("--state", folder.resolve("state").toString()));
    return new CommandLine(new Torture(rows))
        .setErr(new PrintWriter(err))
        .execute(args.toArray(String[]::new));
  }

  private JsonNode results() throws IOException {
    return new JsonMapper().readTree(Files.readString(json));
  }

  private JsonNode row(String name) throws IOException {
    for (JsonNode each : results().get("rows")) {
      if (each.get("row").asString().equals(name)) {
        return each;
      }
    }
    throw new AssertionError("no row " + name);
  }

  @Test
  void everyTurnIsDoneOnceWithASeedOfItsOwn() throws IOException {
    var seeds = new ConcurrentLinkedQueue<Long>();
    Row row = new Told("good", 9_999, 1_000, turn -> seeds.add(turn.seed()));

    assertThat(torture(List.of(row), "--short", "--seed", "7")).isEqualTo(Torture.GOOD);
    assertThat(seeds).hasSize(1_000).doesNotHaveDuplicates();
    assertThat(results().get("seed").asLong()).isEqualTo(7);
    assertThat(row("good").toString())
        .isEqualTo(
            "{\"row\":\"good\",\"trials\":1000,\"lost\":0,\"repeatedBeyondBound\":0,"
                + "\"silentlyWrong\":0,\"hung\":0,\"bound95\":0.003,\"ok\":true}");
  }

  @Test
  void everyFindingFailsTheRowAndIsCounted() throws IOException {
    Row lost = new Told("lost", 3, 3, turn -> throwIf(turn, 1, Finding.lost("gone")));
    Row wrong = new Told("wrong", 3, 3, turn -> throwIf(turn, 2, Finding.silentlyWrong("older")));
    Row often = new Told("often", 3, 3, turn -> throwIf(turn, 0, Finding.repeated("again")));
    Row good = new Told("good", 3, 3, turn -> {});

    assertThat(torture(List.of(lost, wrong, often, good))).isEqualTo(Torture.FOUND);
    assertThat(row("lost").get("lost").asLong()).isEqualTo(1);
    assertThat(row("lost").get("trials").asLong()).isEqualTo(3);
    assertThat(row("wrong").get("silentlyWrong").asLong()).isEqualTo(1);
    assertThat(row("often").get("repeatedBeyondBound").asLong()).isEqualTo(1);
    assertThat(row("often").get("ok").asBoolean()).isFalse();
    assertThat(row("good").get("ok").asBoolean()).isTrue();
  }

  private static void throwIf(Turn turn, long number, Finding finding) {
    if (turn.number() == number) {
      throw finding;
    }
  }

  @Test
  void aFindingIsSeenAgainByItsTurn() {
    var seeds = new ConcurrentLinkedQueue<Long>();
    Row row =
        new Told(
            "picky",
            100,
            100,
            turn -> {
              if (turn.number() == 61) {
                seeds.add(turn.seed());
                throw Finding.lost("gone");
              }
            });

    assertThat(torture(List.of(row), "--seed", "5")).isEqualTo(Torture.FOUND);
    assertThat(torture(List.of(row), "--seed", "5", "--turn", "61")).isEqualTo(Torture.FOUND);
    assertThat(torture(List.of(row), "--seed", "5", "--turn", "60")).isEqualTo(Torture.GOOD);
    assertThat(seeds).hasSize(2);
    assertThat(List.copyOf(seeds).get(0)).isEqualTo(List.copyOf(seeds).get(1));
  }

  @Test
  void aRowThatStandsStillIsEndedAndTheOthersGoOn() throws IOException {
    CountDownLatch never = new CountDownLatch(1);
    Row hangs =
        new Told(
            "hangs",
            4,
            4,
            turn -> {
              if (turn.number() == 1) {
                never.await();
              }
            });
    Row good = new Told("good", 4, 4, turn -> {});

    assertThat(torture(List.of(hangs, good))).isEqualTo(Torture.FOUND);
    assertThat(row("hangs").get("hung").asLong()).isEqualTo(1);
    assertThat(row("good").get("ok").asBoolean()).isTrue();
  }

  @Test
  void aRowThatCannotRunFails() throws IOException {
    Row row =
        new Row() {
          @Override
          public String name() {
            return "lacks";
          }

          @Override
          public String what() {
            return "what this machine lacks";
          }

          @Override
          public Tally run(Plan plan) {
            throw new IllegalStateException("no loop device");
          }
        };
    Row nothing = new Told("nothing", 0, 0, turn -> {});

    assertThat(torture(List.of(row))).isEqualTo(Torture.FOUND);
    assertThat(row("lacks").get("ok").asBoolean()).isFalse();
    assertThat(torture(List.of(nothing))).isEqualTo(Torture.FOUND);
  }

  @Test
  void aFullCampaignGoesOnWhereItWasStopped() throws IOException {
    var numbers = new ConcurrentLinkedQueue<Long>();
    Row row = new Told("long", 1_000, 1, turn -> numbers.add(turn.number()));
    Store store = new Store(folder.resolve("state"));
    store.begin(3);
    Tally tally = new Tally();
    tally.trials(400);
    store.put(Result.nothing(row).with("earlier", 1_000, 400, tally, 5));

    assertThat(torture(List.of(row), "--full", "--minutes", "0")).isEqualTo(Torture.NOT_DONE);
    assertThat(row("long").get("ok").asBoolean()).isFalse();
    assertThat(numbers).isEmpty();
    assertThat(torture(List.of(row), "--full")).isEqualTo(Torture.GOOD);
    assertThat(numbers).hasSize(600).doesNotHaveDuplicates().doesNotContain(399L);
    assertThat(torture(List.of(row), "--full")).isEqualTo(Torture.GOOD);
    assertThat(numbers).hasSize(600);
    assertThat(results().get("seed").asLong()).isEqualTo(3);
    assertThat(row("long").get("trials").asLong()).isEqualTo(1_000);
    assertThat(row("long").get("commits").toString()).isEqualTo("[\"abc\",\"earlier\"]");
  }

  @Test
  void aRowThatFailedBeginsAnew() throws IOException {
    Row row = new Told("mended", 10, 1, turn -> {});
    Store store = new Store(folder.resolve("state"));
    Tally tally = new Tally();
    tally.found(Finding.Kind.LOST, "gone");
    store.put(Result.nothing(row).with("earlier", 10, 4, tally, 5));

    assertThat(torture(List.of(row), "--full")).isEqualTo(Torture.GOOD);
    assertThat(row("mended").get("trials").asLong()).isEqualTo(10);
  }

  @Test
  void theTableGoesBetweenTheMarksOfADocument() throws IOException {
    Path document = folder.resolve("durability.md");
    Files.writeString(
        document, "before\n<!-- torture -->\nearlier one\n<!-- end of torture -->\nafter\n");
    Row good = new Told("good", 4, 4, turn -> {});

    assertThat(torture(List.of(good), "--markdown", document.toString())).isEqualTo(Torture.GOOD);
    assertThat(Files.readString(document))
        .startsWith("before\n<!-- torture -->\n`.ci/torture --short`, commit `abc`, seed ")
        .contains("| as told | 4 | 0 | 0 | 0 | 0 | 7.5e-01 | ok | abc |")
        .endsWith("<!-- end of torture -->\nafter\n")
        .doesNotContain("earlier one");
  }

  @Test
  void aWrongNameIsToldWithTheRightOnes() {
    Row good = new Told("good", 4, 4, turn -> {});
    assertThat(torture(List.of(good), "--only", "godo")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).startsWith("there is no row \"godo\"; there are good");
  }

  @Test
  void aRowThatAnotherProcessDoesIsLeftToIt() throws IOException {
    Row good = new Told("good", 4, 4, turn -> {});
    try (Claims others = new Claims()) {
      assertThat(others.tryAdd(folder.resolve("scratch"), good)).isTrue();

      assertThat(torture(List.of(good))).isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).startsWith("another process does the row \"good\" in ");
    }
    assertThat(torture(List.of(good))).isEqualTo(Torture.GOOD);
  }

  @Test
  void aCampaignKeepsItsSeed() {
    Row good = new Told("good", 4, 4, turn -> {});
    new Store(folder.resolve("state")).begin(3);

    assertThat(torture(List.of(good), "--full", "--seed", "4")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("has the seed 3; leave out --seed to go on with it");
  }
}
