package dev.jorb.serial;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.run.Job;
import dev.jorb.run.Json;
import dev.jorb.run.Run;
import dev.jorb.run.Schema;
import dev.jorb.run.Transition;
import dev.jorb.serial.Opening.Edit;
import dev.jorb.serial.RunFileException.Damaged;
import dev.jorb.serial.Sample.Box;
import dev.jorb.serial.Sample.Plan;
import dev.jorb.serial.SimDisk.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The properties of the run file that the design promises, one by one, on a simulated disk.
class JournalPropertiesTest {
  private static final long SEED = Long.getLong("jorb.seed", 20261124L);
  private static final Path TEMPORARY = Path.of("/disk/sample.jorb.tmp");

  private final SimDisk disk = new SimDisk(new Random(SEED));
  private final Random random = new Random(SEED);
  private final Recorder recorder = new Recorder(3);

  private String text() {
    return Sample.utf8(disk.content(Sample.PATH));
  }

  private void rewrite(String text) {
    disk.put(Sample.PATH, Sample.utf8(text));
  }

  private void move(String id, String to) {
    recorder.commit(
        List.of(Sample.move(recorder.run().job(id).orElseThrow(), to, recorder.clock())));
  }

  /// What a load finds and says, without going on.
  private record Found(Run<Plan, Box> run, Opening opening) {}

  private Found found() {
    try (JournalSerializer<Plan, Box> journal = Sample.journal(disk)) {
      return new Found(journal.load().orElseThrow(), journal.opening());
    }
  }

  @Nested
  class FindAndReplaceOfStates {
    private void finish() {
      recorder.open(disk);
      for (String id : List.of("0", "1", "2")) {
        move(id, "edit");
        move(id, id.equals("2") ? "merged" : "abandoned");
      }
      recorder.close();
    }

    @Test
    void isAcceptedAndNamedWithTheOldState() {
      finish();
      rewrite(text().replace("\"state\":\"abandoned\"", "\"state\":\"edit\""));
      Found found = found();
      assertThat(found.opening().edits())
          .containsExactly(new Edit("0", "abandoned", "edit"), new Edit("1", "abandoned", "edit"));
      assertThat(found.run().job("0").orElseThrow().state()).isEqualTo("edit");
      assertThat(found.run().job("2").orElseThrow().state()).isEqualTo("merged");
    }

    @Test
    void isRecordedAnewSoThatTheNextOpeningIsClean() {
      finish();
      rewrite(text().replace("\"state\":\"abandoned\"", "\"state\":\"edit\""));
      Run<Plan, Box> edited = found().run();
      try (JournalSerializer<Plan, Box> journal = Sample.journal(disk)) {
        journal.begin(journal.load().orElseThrow());
      }
      Found again = found();
      assertThat(again.opening().sentences()).isEmpty();
      assertThat(Sample.picture(again.run())).isEqualTo(Sample.picture(edited));
    }

    @Test
    void startsTheJobAfresh() {
      recorder.open(disk);
      Job<Box> job = recorder.run().job("0").orElseThrow();
      Instant tomorrow = recorder.clock().instant().plus(Duration.ofDays(1));
      recorder.commit(
          List.of(
              new Transition<>(
                  job.next().attempt(3).laps(200).due(tomorrow).deadline(tomorrow).build(),
                  List.of())));
      recorder.close();
      rewrite(text().replace("\"state\":\"new\"", "\"state\":\"edit\""));
      Job<Box> edited = found().run().job("0").orElseThrow();
      assertThat(edited.attempt()).isZero();
      assertThat(edited.laps()).isZero();
      assertThat(edited.due()).isEmpty();
      assertThat(edited.deadline()).isEmpty();
    }

    @Test
    void keepsTheHistoryAsItWas() {
      finish();
      rewrite(text().replace("\"state\":\"abandoned\"", "\"state\":\"edit\""));
      assertThat(found().run().job("0").orElseThrow().transitions())
          .extracting(t -> t.from() + " " + t.to())
          .containsExactly("new edit", "edit abandoned");
    }

    @Test
    void keepsTheHistoryWhenTheFileIsCompactedAfterwards() {
      finish();
      rewrite(text().replace("\"state\":\"abandoned\"", "\"state\":\"edit\""));
      JournalSerializer<Plan, Box> killed = Sample.journal(disk);
      killed.begin(killed.load().orElseThrow());
      SimDisk after = disk.afterKill();
      try (JournalSerializer<Plan, Box> journal = Sample.journal(after)) {
        journal.begin(journal.load().orElseThrow());
      }
      try (JournalSerializer<Plan, Box> journal = Sample.journal(after)) {
        assertThat(journal.load().orElseThrow().job("0").orElseThrow().transitions())
            .extracting(t -> t.from() + " " + t.to())
            .containsExactly("new edit", "edit abandoned");
      }
    }

    @Test
    void isAcceptedInACompactedFileWhoseJobsHadErrorsInThatState() {
      recorder.open(disk);
      Job<Box> job = recorder.run().job("0").orElseThrow();
      Instant now = recorder.clock().instant();
      recorder.commit(
          List.of(
              new Transition<>(
                  job.next().error("new", now, "no").state("edit").updated(now).build(),
                  List.of())));
      move("0", "push");
      move("1", "merged");
      disk.releaseLocks();
      new Recorder(3).open(disk).close(); // Compacts.
      assertThat(text()).contains("\"past\":\"0\"");
      rewrite(text().replace("\"state\":\"new\"", "\"state\":\"edit\""));
      assertThat(found().opening().edits()).containsExactly(new Edit("2", "new", "edit"));
    }

    @Test
    void isAcceptedForAStateThatTheWorkflowLostInBetween() {
      recorder.open(disk);
      move("0", "watch");
      recorder.close();
      Sample.Boxes later = new Sample.Boxes(List.of("new", "edit", "merged", "abandoned"));
      var time = new Sample.Clock();
      disk.append(Sample.PATH, Sample.utf8("")); // Nothing: it was closed in order.
      rewrite(text().replaceAll("\\{\"closed\".*\n", "")); // As if killed, so that it compacts.
      try (var journal = new JournalSerializer<>(disk, time, Sample.PATH, later)) {
        journal.begin(journal.load().orElseThrow());
        assertThat(journal.opening().unknownStates()).hasSize(1);
      }
      rewrite(text().replace("\"state\":\"watch\"", "\"state\":\"edit\""));
      assertThat(found().opening().edits()).containsExactly(new Edit("0", "watch", "edit"));
    }

    @Test
    void intoAStateThatNobodyKnowsIsRefusedIfOnlyOneBitDiffers() {
      finish();
      rewrite(text().replace("\"state\":\"merged\"", "\"state\":\"mergee\""));

      assertThatThrownBy(() -> found())
          .isInstanceOf(Damaged.class)
          .hasMessageContaining(
              "job 2: its state is \"mergee\" where it was \"merged\": one bit differs, which is"
                  + " damage and no edit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mergeg", "merge", "mfrged", "mergedd"})
    void intoAStateThatNobodyKnowsIsAnEditOtherwise(String to) {
      finish();
      rewrite(text().replace("\"state\":\"merged\"", "\"state\":\"" + to + "\""));

      assertThat(found().opening().edits()).containsExactly(new Edit("2", "merged", to));
    }

    @Test
    void withAnythingElseChangedIsRefused() {
      finish();
      rewrite(text().replace("abandoned", "edit"));
      assertThatThrownBy(JournalPropertiesTest.this::found).isInstanceOf(Damaged.class);
    }
  }

  @Nested
  class TypedLines {
    private void appendTyped(String line) {
      recorder.open(disk);
      move("0", "edit");
      recorder.close();
      disk.append(Sample.PATH, Sample.utf8(line));
    }

    @Test
    void makeANewVersionOfAJob() {
      appendTyped("{\"id\":\"0\",\"state\":\"push\",\"c\":{\"label\":\"typed\",\"count\":7}}\n");
      Found found = found();
      assertThat(found.opening().edits()).extracting(Edit::job).containsExactly("0");
      Job<Box> job = found.run().job("0").orElseThrow();
      assertThat(job.state()).isEqualTo("push");
      assertThat(job.context().label()).isEqualTo("typed");
      assertThat(job.version()).isGreaterThan(2);
    }

    @Test
    void makeANewJob() {
      appendTyped("{\"id\":\"77\",\"state\":\"new\",\"c\":{\"label\":\"typed\",\"count\":7}}");
      assertThat(found().run().job("77")).isPresent();
      goOnTwice();
    }

    @Test
    void ofAnOldVersionChangeNothingAndDoNoHarm() {
      appendTyped(
          "{\"id\":\"0\",\"state\":\"push\",\"v\":1,\"c\":{\"label\":\"typed\",\"count\":7}}");
      goOnTwice();
      assertThat(found().run().job("0").orElseThrow().state()).isEqualTo("edit");
    }

    @Test
    void standInForTheLineThatTheyWereMadeFrom() {
      recorder.open(disk);
      move("0", "edit");
      recorder.close();
      rewrite(
          text()
              .replaceAll(
                  "(\"v\":2.*\"label\":)\"job 0\"(.*),\"crc\":\"[0-9a-f]*\"}", "$1\"typed\"$2}"));
      assertThat(found().run().job("0").orElseThrow().context().label()).isEqualTo("typed");
      goOnTwice();
    }

    @Test
    void thatAreNoJsonAreRefused() {
      appendTyped("{\"id\":\"0\",\"state\":\"push\",\n");
      assertThatThrownBy(JournalPropertiesTest.this::found).isInstanceOf(Damaged.class);
    }

    @Test
    void withAMisspeltFieldAreRefused() {
      appendTyped("{\"id\":\"0\",\"state\":\"push\",\"contxt\":{}}\n");
      assertThatThrownBy(JournalPropertiesTest.this::found)
          .hasMessageContaining("unknown field \"contxt\"");
    }

    @Test
    void withAFieldTwiceAreRefused() {
      refuses(
          "(\"v\":2.*),\"crc\":(\"[0-9a-f]*\"})", "$1,\"c\":$2", "the field \"c\" more than once");
    }

    @Test
    void thatEndWithAChecksumUnderAnotherNameAreRefused() {
      refuses(
          "(\"v\":1.*),\"crc\":\"[0-9a-f]",
          "$1,\"from\":\"",
          "line 2: job 0: it has no checksum, and its last field looks like one under another name");
    }

    private void refuses(String was, String is, String problem) {
      recorder.open(disk);
      move("0", "edit");
      recorder.close();
      rewrite(text().replaceFirst(was, is));
      assertThatThrownBy(JournalPropertiesTest.this::found)
          .isInstanceOf(Damaged.class)
          .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "{\"id\":\"0\",\"state\":\"new\",\"c\":\"90939d44efd3e69b\"}",
          "{\"state\":\"new\",\"c\":{},\"id\":\"20261125\"}",
          "{\"id\":\"0\",\"state\":\"new\",\"c\":{},\"parent\":\"10000001\"}"
        })
    void mayHaveIdsAndContextsThatLookLikeChecksums(String typed) throws Exception {
      byte[] line = typed.getBytes(UTF_8);
      assertThat(new LineReader().read(line, 0, line.length)).isInstanceOf(Line.JobLine.class);
    }

    private void goOnTwice() {
      for (int i = 0; i < 2; i++) {
        try (JournalSerializer<Plan, Box> journal = Sample.journal(disk)) {
          Run<Plan, Box> run = journal.load().orElseThrow();
          journal.begin(run);
          journal.commit(
              Sample.encoded(
                  journal,
                  List.of(Sample.move(run.job("1").orElseThrow(), "edit", new Sample.Clock()))));
        }
      }
      assertThat(found().opening().sentences()).isEmpty();
    }
  }

  @Nested
  class Versions {
    private static final Instant LATER = Instant.parse("2026-11-25T10:00:00Z");

    static List<UnaryOperator<Job.Builder<Box>>> changes() {
      return List.of(
          job -> job.state("push"),
          job -> job.parent("1"),
          job -> job.kicks(1),
          job -> job.attempt(1),
          job -> job.updated(LATER),
          job -> job.due(LATER),
          job -> job.parked("look"),
          job -> job.crashes(1),
          job -> job.parked("edge").held(true),
          job -> job.priority(1),
          job -> job.laps(1),
          job -> job.deadline(LATER),
          job -> job.context(new Box("another", 1)));
    }

    private Job<Box> commitTwice(UnaryOperator<Job.Builder<Box>> change) {
      recorder.open(disk);
      Job<Box> job = recorder.run().job("0").orElseThrow();
      Transition<Box> one = Sample.move(job, "edit", recorder.clock());
      Transition<Box> other =
          new Transition<>(change.apply(one.job().copy()).build(), one.kicked());
      recorder.journal().commit(Sample.encoded(recorder.journal(), List.of(one)));
      recorder.journal().commit(Sample.encoded(recorder.journal(), List.of(other)));
      recorder.close();
      return one.job();
    }

    @ParameterizedTest
    @MethodSource("changes")
    void equalOnesWithOtherContentAreRefused(UnaryOperator<Job.Builder<Box>> change) {
      commitTwice(change);
      assertThatThrownBy(JournalPropertiesTest.this::found)
          .isInstanceOf(Damaged.class)
          .hasMessageContaining("job 0 has version 2 twice with different content, in lines");
    }

    @Test
    void equalOnesWithTheSameContentAreOne() {
      Job<Box> job = commitTwice(same -> same);
      assertThat(Sample.picture(found().run().job("0").orElseThrow()))
          .isEqualTo(Sample.picture(job));
    }

    @Test
    void aRunThatLacksJobsOfTheFileIsRefused() {
      recorder.open(disk);
      recorder.close();
      try (JournalSerializer<Plan, Box> journal = Sample.journal(disk)) {
        Run<Plan, Box> loaded = journal.load().orElseThrow();
        Run<Plan, Box> other = Run.restore("sample", loaded.id(), loaded.overall(), "new");
        assertThatThrownBy(() -> journal.begin(other)).hasMessageContaining("it holds job 0");
      }
    }
  }

  @Nested
  class WhatIsWrittenCanBeRead {
    @Test
    void jsonTextOnSeveralLines() throws EncodeException {
      Schema<Json, Json> untyped = Schema.untyped();
      Run<Json, Json> run = Run.create("text", new Json("{\n}"), "new");
      run.add(new Json("{\"a\":\r\n  [1,\n2]}"));
      try (var journal = new JournalSerializer<>(disk, new Sample.Clock(), Sample.PATH, untyped)) {
        journal.begin(run);
      }
      try (var journal = new JournalSerializer<>(disk, new Sample.Clock(), Sample.PATH, untyped)) {
        assertThat(journal.load().orElseThrow().job("0").orElseThrow().context().text())
            .isEqualTo("{\"a\":[1,2]}");
      }
    }

    @Test
    void jsonTextThatIsNoneIsRefusedBeforeItIsWritten() {
      Codec<Json> codec = new Codec<>(Json.class);
      for (String text : List.of("{", "{} {}", "", "nul", "{\"a\":NaN}", "[".repeat(1_200))) {
        assertThatThrownBy(() -> codec.encode(new Json(text)))
            .as(text)
            .isInstanceOf(EncodeException.class);
      }
    }

    @Test
    void loneSurrogatesInReasonsAndErrors() {
      recorder.open(disk);
      Job<Box> job = recorder.run().job("0").orElseThrow();
      Instant now = recorder.clock().instant();
      recorder
          .journal()
          .commit(
              Sample.encoded(
                  recorder.journal(),
                  List.of(
                      new Transition<>(
                          job.next()
                              .updated(now)
                              .parked("half \uD800 of a pair")
                              .error("new", now, "other \uDC00 half")
                              .build(),
                          List.of()))));
      recorder.close();
      assertThat(found().run().job("0").orElseThrow().parked()).hasValue("half \uFFFD of a pair");
    }

    @Test
    void aStepThatTookLessThanNoTime() {
      recorder.open(disk);
      Job<Box> job = recorder.run().job("0").orElseThrow();
      Instant now = recorder.clock().instant();
      recorder
          .journal()
          .commit(
              Sample.encoded(
                  recorder.journal(),
                  List.of(
                      new Transition<>(
                          job.next()
                              .updated(now)
                              .transition("new", "new", now, Duration.ofNanos(-1_500_000))
                              .build(),
                          List.of()))));
      recorder.close();
      assertThat(found().run().job("0").orElseThrow().lastTransition().orElseThrow().took())
          .isZero();
    }

    /// The line of the error repeats the transition of the same millisecond, which came from
    /// elsewhere.
    @Test
    void anErrorInTheMillisecondOfATransition() {
      recorder.open(disk);
      Job<Box> job = recorder.run().job("0").orElseThrow();
      Instant now = recorder.clock().instant();
      Job<Box> moved =
          job.next()
              .updated(now)
              .transition("new", "edit", now, Duration.ZERO)
              .state("edit")
              .build();
      recorder.commit(List.of(new Transition<>(moved, List.of())));
      recorder.commit(
          List.of(
              new Transition<>(
                  moved.next().updated(now).parked("gone").error("edit", now, "gone").build(),
                  List.of())));
      recorder.close();
      recorder.open(disk).close(); // It verifies that all is there.
      assertThat(recorder.run().job("0").orElseThrow().lastError().orElseThrow().state())
          .isEqualTo("edit");
    }

    @Test
    void anErrorOfAJobWhoseStateIsEdited() {
      recorder.open(disk);
      Job<Box> job = recorder.run().job("0").orElseThrow();
      Instant now = recorder.clock().instant();
      recorder.commit(
          List.of(
              new Transition<>(
                  job.next().updated(now).parked("gone").error("new", now, "gone").build(),
                  List.of())));
      recorder.close();
      rewrite(
          text().replace("{\"id\":\"0\",\"state\":\"new\"", "{\"id\":\"0\",\"state\":\"push\""));
      Job<Box> edited = found().run().job("0").orElseThrow();
      assertThat(edited.state()).isEqualTo("push");
      assertThat(edited.lastError().orElseThrow().state()).isEqualTo("new");
    }

    @Tag("slow")
    @Test
    void aBatchLargerThanMemoryLikes() {
      recorder.open(disk);
      List<Transition<Box>> batch = new ArrayList<>();
      for (Job<Box> job : recorder.run().jobs()) {
        batch.add(
            new Transition<>(
                job.next().context(new Box("x".repeat(700_000), 1)).build(), List.of()));
      }
      recorder.commit(batch);
      recorder.close();
      assertThat(Sample.picture(found().run())).isEqualTo(Sample.picture(recorder.run()));
      assertThat(disk.log().stream().filter(c -> c.startsWith("WRITE ")).count()).isGreaterThan(5);
    }
  }

  @Nested
  class FailedCommits {
    @Test
    void aFullDiskIsToldTheFileIsCutBackAndTheSameBatchMayBeTriedAgain() {
      recorder.open(disk);
      recorder.commitRandom(random);
      String before = text();
      disk.capacity(disk.used() + 100);
      List<Transition<Box>> batch = Sample.randomBatch(recorder.run(), recorder.clock(), random, 3);
      assertThatThrownBy(() -> recorder.commit(batch)).isInstanceOf(DiskFullException.class);
      assertThat(text()).isEqualTo(before);
      assertThatThrownBy(() -> recorder.commitAgain(batch)).isInstanceOf(DiskFullException.class);
      disk.capacity(Long.MAX_VALUE);
      recorder.commitAgain(batch);
      recorder.commitRandom(random);
      recorder.close();
      recorder.open(disk).close();
    }

    @Test
    void aFailedWriteIsCutBackAndEndsTheRecording() {
      recorder.open(disk);
      String before = text();
      disk.failNow(Fault.SHORT_WRITE, false);
      assertThatThrownBy(() -> recorder.commitRandom(random))
          .isExactlyInstanceOf(RunFileException.class)
          .hasMessageContaining("Input/output error")
          .hasMessageContaining("all up to commit 0 is safe");
      assertThat(text()).isEqualTo(before);
      assertThatThrownBy(() -> recorder.commitRandom(random)).hasMessageContaining("cannot append");
      recorder.close();
      recorder.open(disk).close();
    }

    @Test
    void aFailedFlushEndsTheRecordingAndIsNotTriedAgain() {
      recorder.open(disk);
      recorder.commitRandom(random);
      disk.failAt(disk.calls() + 3, Fault.EIO, false);
      assertThatThrownBy(() -> recorder.commitRandom(random)).hasMessageContaining("cannot flush");
      int calls = disk.calls();
      assertThatThrownBy(() -> recorder.commitRandom(random)).hasMessageContaining("cannot flush");
      recorder.close();
      assertThat(disk.log().subList(calls, disk.calls())).allMatch(c -> c.startsWith("CLOSE"));
      for (SimDisk state : disk.afterPowerCut(500)) {
        recorder.copy().open(state).close();
      }
    }

    /// The first transition is in the buffer already when the second one fails.
    @Test
    void whateverIsThrownInACommitLeavesNothingForTheClose() {
      recorder.open(disk);
      List<Serializer.Encoded<Box>> batch =
          new ArrayList<>(
              Sample.encoded(
                  recorder.journal(),
                  Sample.randomBatch(recorder.run(), recorder.clock(), random, 1)));
      batch.add(null);
      assertThatThrownBy(() -> recorder.journal().commit(batch))
          .isInstanceOf(RunFileException.class);
      recorder.close();
      recorder.open(disk).close();
    }

    @Test
    void aSealThatWasOnlyInThePageCacheIsWrittenAgain() {
      for (int padding = 0; padding < SimFile.SECTOR; padding += 3) {
        SimDisk bad = new SimDisk(new Random(SEED + padding));
        Recorder pads = new Recorder(1).open(bad);
        Job<Box> job = pads.run().job("0").orElseThrow();
        pads.commit(
            List.of(
                new Transition<>(
                    job.next().context(new Box("x".repeat(padding), 1)).build(), List.of())));
        bad.failAt(bad.calls() + 3, Fault.EIO, false);
        assertThatThrownBy(pads::close).hasMessageContaining("cannot flush");
        SimDisk restarted = bad.heal().afterKill();
        pads.open(restarted);
        pads.commitRandom(random);
        for (SimDisk state : restarted.afterPowerCut(4)) {
          pads.copy().open(state).close();
        }
      }
    }
  }

  @Nested
  class Compaction {
    private String unsealed() {
      return text().replaceAll("\\{\"closed\".*\n", "");
    }

    @Test
    void copiesLinesByteForByte() {
      recorder.open(disk);
      move("0", "edit");
      recorder.close();
      // A field of a later version, and a context that today's code cannot read.
      String later =
          sealed(
              "{\"id\":\"0\",\"state\":\"push\",\"v\":3,\"hue\":[1,"
                  + " 2],\"c\":{\"label\":9e2,\"count\":true }");
      rewrite(unsealed() + later + commit(3 - 1, later));
      try (JournalSerializer<Plan, Box> journal = Sample.journal(disk)) {
        Run<Plan, Box> run = journal.load().orElseThrow();
        assertThat(run.job("0").orElseThrow().isReadable()).isFalse();
        assertThat(journal.opening().unreadable()).hasSize(1);
        journal.begin(run);
      }
      assertThat(text()).contains(later).contains("\"batches\":         1");
      assertThat(found().opening().isClean()).isTrue();
    }

    private String sealed(String start) {
      byte[] line = Sample.utf8(start);
      int[] state = LineWriter.findStateValue(line, 0, line.length);
      return start
          + ",\"crc\":\"%08x%08x\"}\n"
              .formatted(
                  LineWriter.checksum(line, 0, line.length),
                  LineWriter.checksumWithout(line, 0, line.length, state[0], state[1]));
    }

    private String commit(long number, String line) {
      BatchSum sum = new BatchSum();
      byte[] bytes = Sample.utf8(line);
      sum.add(bytes, bytes.length - 1);
      LineWriter writer = new LineWriter(100);
      writer.commit(Line.Commit.flushed(number, 1, sum.value()));
      return Sample.utf8(writer.toBytes());
    }

    @Tag("slow")
    @Test
    void keepsTheHistory() {
      recorder.open(disk);
      for (int i = 0; i < 300; i++) {
        recorder.commitRandom(random);
      }
      disk.releaseLocks();
      String before = Sample.picture(recorder.run());
      recorder.open(disk); // It verifies that all is there.
      assertThat(Sample.picture(recorder.run())).isEqualTo(before);
      recorder.close();
      recorder.open(disk).close();
    }

    @Test
    void keepsTheHistoryOfARunThatCameFromElsewhere() {
      recorder.open(disk);
      for (int i = 0; i < 30; i++) {
        recorder.commitRandom(random);
      }
      recorder.close();
      SimDisk other = new SimDisk(new Random(SEED));
      try (JournalSerializer<Plan, Box> journal = Sample.journal(other)) {
        journal.begin(recorder.run());
      }
      try (JournalSerializer<Plan, Box> journal = Sample.journal(other)) {
        assertThat(Sample.picture(journal.load().orElseThrow()))
            .isEqualTo(Sample.picture(recorder.run()));
      }
    }

    @Test
    void comesFirstAfterAnUncleanEnd() {
      recorder.open(disk);
      move("0", "edit");
      move("0", "push");
      disk.releaseLocks();
      recorder.open(disk);
      assertThat(text()).doesNotContain("\"v\":2");
      int renamed = indexOf("RENAME /disk/sample.jorb.tmp", disk.log());
      assertThat(disk.log().subList(renamed - 4, renamed + 2))
          .extracting(call -> call.split(" ")[0])
          .containsExactly("WRITE", "SYNC", "STAT", "STAT", "RENAME", "SYNC_DIRECTORY");
    }

    @Test
    void noticesThatTheFileChangedMeanwhile() {
      recorder.open(disk);
      move("0", "edit");
      disk.releaseLocks();
      byte[] edited = Sample.utf8(text().replace("\"state\":\"edit\"", "\"state\":\"push\""));
      try (JournalSerializer<Plan, Box> journal = Sample.journal(disk)) {
        Run<Plan, Box> run = journal.load().orElseThrow();
        disk.whenCalled("SYNC " + TEMPORARY, () -> disk.put(Sample.PATH, edited));
        assertThatThrownBy(() -> journal.begin(run)).hasMessageContaining("changed");
      }
      assertThat(disk.content(Sample.PATH)).isEqualTo(edited);
      assertThat(disk.exists(TEMPORARY)).isFalse();
    }
  }

  private static int indexOf(String start, List<String> log) {
    int last = -1;
    for (int i = 0; i < log.size(); i++) {
      last = log.get(i).startsWith(start) ? i : last;
    }
    return last;
  }

  @Nested
  class OnePathOneFile {
    private final Path rescue = Path.of("/disk/sample.jorb.rescue");

    private void assertNoticed(String what) {
      String before = Sample.picture(recorder.run());
      List<Transition<Box>> batch = Sample.randomBatch(recorder.run(), recorder.clock(), random, 1);
      assertThatThrownBy(() -> recorder.commit(batch))
          .hasMessageContaining(what)
          .hasMessageContaining("rescue");
      recorder.close();
      SimDisk rescued = new SimDisk(random).put(Sample.PATH, disk.content(rescue));
      try (JournalSerializer<Plan, Box> journal = Sample.journal(rescued)) {
        assertThat(Sample.picture(journal.load().orElseThrow())).isEqualTo(before);
      }
    }

    @Test
    void aReplacedFileIsNoticed() {
      recorder.open(disk);
      recorder.commitRandom(random);
      rewrite(text().replace("\"state\":\"new\"", "\"state\":\"edit\""));
      assertNoticed("replaced");
    }

    @Test
    void aRemovedFileIsNoticed() {
      recorder.open(disk);
      recorder.commitRandom(random);
      disk.remove(Sample.PATH);
      assertNoticed("removed");
    }

    @Test
    void aLongerFileIsNoticed() {
      recorder.open(disk);
      recorder.commitRandom(random);
      disk.append(Sample.PATH, Sample.utf8("hello\n"));
      assertNoticed("something else wrote to the file");
    }

    @Test
    void itIsNoticedAtTheCloseToo() {
      recorder.open(disk);
      recorder.commitRandom(random);
      disk.remove(Sample.PATH);
      assertThatThrownBy(recorder::close).hasMessageContaining("rescue");
      assertThat(disk.exists(rescue)).isTrue();
    }

    @Test
    void anEarlierRescueIsKept() {
      disk.put(rescue, Sample.utf8("earlier"));
      recorder.open(disk);
      disk.remove(Sample.PATH);
      assertThatThrownBy(recorder::close).hasMessageContaining("rescue-2");
      assertThat(Sample.utf8(disk.content(rescue))).isEqualTo("earlier");
    }
  }

  @Nested
  class OneWriter {
    @Test
    void aSecondOneIsRefusedWithTheFirstOnesPid() {
      recorder.open(disk);
      try (JournalSerializer<Plan, Box> second = Sample.journal(disk)) {
        assertThatThrownBy(second::load)
            .isInstanceOf(RunFileException.Locked.class)
            .hasMessageContaining("pid " + ProcessHandle.current().pid() + " since ");
      }
      recorder.commitRandom(random);
      recorder.close();
      recorder.open(disk).close();
    }
  }

  @Nested
  class Descriptors {
    @Test
    void noneIsLeftOpenWhateverFails() {
      recorder.open(disk);
      recorder.commitRandom(random);
      recorder.close();
      int used = disk.calls();
      for (int call = 1; call <= used; call++) {
        SimDisk bad = disk.afterKill().failAt(call, Fault.EIO, false);
        try (JournalSerializer<Plan, Box> journal = Sample.journal(bad)) {
          journal.begin(journal.load().orElseThrow());
        } catch (RunFileException failed) {
          // As told.
        }
        assertThat(bad.openFiles()).as("after call %d failed", call).isZero();
      }
    }
  }
}
