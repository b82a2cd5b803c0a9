package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.run.Job;
import dev.jorb.run.LimitNote;
import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import dev.jorb.serial.Repair.SetBack;
import dev.jorb.serial.Sample.Box;
import dev.jorb.serial.Sample.Plan;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What is saved of a damaged run file.
class RepairTest {
  private static final long SEED = Long.getLong("jorb.seed", 20261124L);
  private static final int STRIDE = Integer.getInteger("jorb.stride", 1);
  private static final String CHANGED =
      "its checksum does not match: it was changed outside its state, or damaged";
  private static final Path TARGET = Path.of("/disk/repaired.jorb");

  private final SimDisk disk = new SimDisk(new Random(SEED));
  private final Recorder recorder = new Recorder(3);

  /// Every version of every job that was acknowledged, without its history.
  private final Set<String> recorded = new HashSet<>();

  private static String essence(Job<Box> job) {
    return job
        + " "
        + job.context()
        + " "
        + job.parent()
        + " "
        + job.kicks()
        + " "
        + job.attempt()
        + " "
        + job.due();
  }

  private void remember() {
    recorder.run().jobs().forEach(job -> recorded.add(essence(job)));
  }

  private Repair repair() {
    return new RunFiles(disk, new Sample.Clock()).repairFile(Sample.PATH, TARGET);
  }

  private Run<Plan, Box> repaired() {
    try (var journal = new JournalSerializer<>(disk, new Sample.Clock(), TARGET, Sample.SCHEMA)) {
      Run<Plan, Box> run = journal.load().orElseThrow();
      assertThat(journal.opening().isClean()).isTrue();
      assertThat(journal.opening().edits()).isEmpty();
      return run;
    }
  }

  private List<String> lines() {
    return new ArrayList<>(List.of(Sample.utf8(disk.content(Sample.PATH)).split("(?<=\n)")));
  }

  private void write(List<String> lines) {
    disk.put(Sample.PATH, Sample.utf8(String.join("", lines)));
  }

  private void damage(String containing, String from, String to) {
    List<String> lines = lines();
    int at = indexOf(lines, containing);
    assertThat(lines.get(at)).contains(from);
    lines.set(at, lines.get(at).replaceFirst(java.util.regex.Pattern.quote(from), to));
    write(lines);
  }

  private void damageCommitBehind(String containing) {
    List<String> lines = lines();
    int at = indexOf(lines, containing) + 1;
    assertThat(lines.get(at)).startsWith("{\"commit\":");
    lines.set(at, lines.get(at).replaceFirst("\"n\":1", "\"n\":9"));
    write(lines);
  }

  private static int indexOf(List<String> lines, String containing) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).contains(containing)) {
        return i;
      }
    }
    throw new AssertionError("no line has " + containing);
  }

  private void move(String id, String to) {
    recorder.commit(
        List.of(Sample.move(recorder.run().job(id).orElseThrow(), to, recorder.clock())));
  }

  /// Jobs 0, 1 and 2 at version 3 in push; closed in order.
  private void threeJobs() {
    recorder.open(disk);
    for (String state : List.of("edit", "push")) {
      for (String id : List.of("0", "1", "2")) {
        move(id, state);
      }
    }
    recorder.close();
  }

  /// What is said of the lines that were not taken over.
  private static List<String> said(Repair repair) {
    return repair.dropped().stream().map(Check.Problem::what).toList();
  }

  private String state(String id) {
    return repaired().job(id).orElseThrow().state();
  }

  @Nested
  class OneLine {
    @Test
    void aDamagedNewestVersionSetsItsJobBackToTheOneBefore() {
      threeJobs();
      damage("{\"id\":\"1\",\"state\":\"push\"", "\"count\":2", "\"count\":7");
      Repair repair = repair();
      assertThat(repair.jobs()).isEqualTo(3);
      assertThat(repair.setBack()).containsExactly(new SetBack("1", "edit", 3, 2));
      assertThat(repair.lost()).isEmpty();
      assertThat(repair.dropped()).hasSize(1);
      assertThat(repair.dropped().getFirst().job()).contains("1");
      Run<Plan, Box> run = repaired();
      assertThat(run.job("1").orElseThrow().version()).isEqualTo(2);
      assertThat(run.job("0").orElseThrow().version()).isEqualTo(3);
      assertThat(run.job("2").orElseThrow().version()).isEqualTo(3);
    }

    @Test
    void aDamagedOldVersionCostsNothing() {
      threeJobs();
      damage("{\"id\":\"1\",\"state\":\"edit\"", "\"count\":1", "\"count\":7");
      Repair repair = repair();
      assertThat(repair.setBack()).isEmpty();
      assertThat(repair.lost()).isEmpty();
      assertThat(repaired().job("1").orElseThrow().version()).isEqualTo(3);
    }

    @Test
    void theOnlyLineOfAJobIsLostAndNamed() {
      recorder.open(disk);
      move("0", "edit");
      recorder.close();
      damage("{\"id\":\"2\"", "\"count\":0", "\"count\":7");
      Repair repair = repair();
      assertThat(repair.lost()).containsExactly("2");
      assertThat(repair.jobs()).isEqualTo(2);
      assertThat(repaired().job("2")).isEmpty();
    }

    @Test
    void aDamagedCommitLineCostsNothingIfABatchFollows() {
      threeJobs();
      damage("{\"commit\":3,", "\"n\":1", "\"n\":3");
      Repair repair = repair();
      assertThat(repair.setBack()).isEmpty();
      assertThat(repair.lost()).isEmpty();
    }

    @Test
    void aDamagedCommitLineLeavesItsBatchIfThatOfTheNextProvesIt() {
      threeJobs();
      damage("{\"commit\":5,", "\"commit\":5,", "\"commit\":7,");
      Repair repair = repair();
      assertThat(repair.setBack()).isEmpty();
      assertThat(repair.dropped()).hasSize(1);
      assertThat(repaired().job("1").orElseThrow().state()).isEqualTo("push");
    }

    @Test
    void aDamagedCommitLineOfTheFirstBatchCostsNothing() {
      recorder.open(disk);
      disk.releaseLocks();
      damage("{\"commit\":1,", "\"commit\":1,", "\"commit\":7,");
      assertThat(repair().jobs()).isEqualTo(3);
      assertThat(repaired().jobs()).extracting(Job::state).containsOnly("new");
    }

    @Test
    void twoDamagedVersionsSetTheirJobBackBehindBoth() {
      threeJobs();
      damage("{\"id\":\"1\",\"state\":\"edit\"", "\"count\":1", "\"count\":7");
      damage("{\"id\":\"1\",\"state\":\"push\"", "\"count\":2", "\"count\":7");
      assertThat(repair().setBack()).containsExactly(new SetBack("1", "new", 3, 1));
    }

    @Test
    void aVersionThatCannotBeToldSetsItsJobBackIfItWasTheNewest() {
      threeJobs();
      damage("{\"id\":\"1\",\"state\":\"push\"", "\"v\":3,", "\"w\":3,");
      Repair repair = repair();
      assertThat(repair.setBack()).containsExactly(new SetBack("1", "edit", 0, 2));
      assertThat(repair.setBack().getFirst()).hasToString("1 from version ? to 2 in \"edit\"");
    }

    @Test
    void aVersionThatCannotBeToldCostsNothingIfANewerOneFollows() {
      threeJobs();
      damage("{\"id\":\"1\",\"state\":\"edit\"", "\"v\":2,", "\"w\":2,");
      assertThat(repair().setBack()).isEmpty();
    }

    @Test
    void inACompactedFileThatWentOnIsTheOnlyOneThatIsNamed() {
      threeJobs();
      new RunFiles(disk, new Sample.Clock()).compactFile(Sample.PATH);
      recorder.open(disk);
      move("0", "merged");
      move("1", "merged");
      recorder.close();
      damage("{\"id\":\"0\",\"state\":\"merged\"", "\"count\":3", "\"count\":7");
      Repair repair = repair();
      assertThat(repair.dropped()).hasSize(1);
      assertThat(repair.setBack()).containsExactly(new SetBack("0", "push", 4, 3));
      assertThat(repaired().job("1").orElseThrow().transitions())
          .extracting(each -> each.to())
          .containsExactly("edit", "push", "merged");
    }

    @Test
    void inACompactedFileIsLostWithItsPast() {
      threeJobs();
      new RunFiles(disk, new Sample.Clock()).compactFile(Sample.PATH);
      damage("{\"id\":\"1\",\"state\":\"push\"", "\"count\":2", "\"count\":7");

      Repair repair = repair();

      assertThat(repair.lost()).containsExactly("1");
      assertThat(repair.setBack()).isEmpty();
      assertThat(repaired().jobs()).extracting(Job::id).containsExactly("0", "2");
    }

    @Test
    void aDamagedCommitLineOfACompactedFileCostsNothing() {
      recorder.open(disk);
      move("0", "edit");
      move("1", "edit");
      disk.releaseLocks();
      recorder.open(disk); // Compacts.
      for (String id : List.of("0", "1", "2")) {
        move(id, "merged");
      }
      recorder.close();
      damage("{\"commit\":1,", "\"commit\":1,", "\"commit\":5,");

      Repair repair = repair();

      assertThat(said(repair)).containsExactly(CHANGED);
      assertThat(repair.setBack()).isEmpty();
      assertThat(repaired().jobs()).extracting(Job::state).containsOnly("merged");
    }

    @Test
    void aDamagedCommitLineOfACompactedFileThatWasClosedCostsNothing() {
      threeJobs();
      new RunFiles(disk, new Sample.Clock()).compactFile(Sample.PATH);
      recorder.open(disk);
      move("0", "merged");
      recorder.close();
      damage("{\"commit\":1,", "\"commit\":1,", "\"commit\":5,");

      Repair repair = repair();

      assertThat(said(repair)).containsExactly(CHANGED);
      assertThat(repair.setBack()).isEmpty();
      assertThat(state("0")).isEqualTo("merged");
    }

    @Test
    void aDamagedCopyOfTheNewestVersionCostsNothing() {
      threeJobs();
      List<String> lines = lines();
      int at = indexOf(lines, "{\"id\":\"1\",\"state\":\"push\"");
      lines.addAll(at + 2, List.copyOf(lines.subList(at, at + 2)));
      write(lines);
      damage("{\"id\":\"1\",\"state\":\"push\"", "\"count\":2", "\"count\":7");

      assertThat(repair().setBack()).isEmpty();
      assertThat(state("1")).isEqualTo("push");
    }

    @Test
    void twoVersionsThatCannotBeToldSetTheirJobBackIfOneWasTheNewest() {
      threeJobs();
      damage("{\"id\":\"1\",\"state\":\"new\"", "\"v\":1,", "\"w\":1,");
      damage("{\"id\":\"1\",\"state\":\"push\"", "\"v\":3,", "\"w\":3,");

      assertThat(repair().setBack()).containsExactly(new SetBack("1", "edit", 0, 2));
    }

    @Test
    void aFirstLineThatIsDamagedIsTakenFromALaterStart() {
      threeJobs();
      recorder.open(disk);
      recorder.close();
      damage("{\"jorb\":1", "\"ticket\":\"T-1\"", "\"ticket\":\"T-7\"");
      assertThat(repair().jobs()).isEqualTo(3);
      assertThat(repaired().overall()).isEqualTo(new Plan("T-1"));
    }

    @Test
    void withoutALineThatSaysWhatTheRunIsNothingCanBeRepaired() {
      threeJobs();
      damage("{\"jorb\":1", "\"ticket\":\"T-1\"", "\"ticket\":\"T-7\"");
      assertThatThrownBy(RepairTest.this::repair)
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining("nothing can be repaired")
          .hasMessageContaining("overall context")
          .hasMessageContaining("Restore it from a copy");
      assertThat(disk.exists(TARGET)).isFalse();
    }
  }

  @Nested
  class WhatIsIntactButNotWhole {
    @Test
    void twoVersionsThatDifferSetTheirJobBackToTheOneBeforeBoth() {
      recorder.open(disk);
      move("0", "edit");
      Transition<Box> one =
          Sample.move(recorder.run().job("0").orElseThrow(), "push", recorder.clock());
      Transition<Box> other = new Transition<>(one.job().copy().laps(7).build(), List.of());
      recorder.journal().commit(Sample.encoded(recorder.journal(), List.of(one)));
      recorder.journal().commit(Sample.encoded(recorder.journal(), List.of(other)));
      recorder.close();

      Repair repair = repair();

      assertThat(repair.setBack()).containsExactly(new SetBack("0", "edit", 3, 2));
      assertThat(repair.setBack().getFirst()).hasToString("0 from version 3 to 2 in \"edit\"");
      assertThat(repair.dropped())
          .singleElement()
          .satisfies(dropped -> {
            assertThat(dropped.what()).contains("job 0 has version 3 twice");
            assertThat(dropped.job()).contains("0");
          });
      assertThat(repaired().job("0").orElseThrow().state()).isEqualTo("edit");
    }

    @Test
    void twoVersionsThatDifferSetTheirJobBackEvenIfOneOfThemIsThereTwice() {
      recorder.open(disk);
      move("0", "edit");
      Transition<Box> one =
          Sample.move(recorder.run().job("0").orElseThrow(), "push", recorder.clock());
      Transition<Box> other = new Transition<>(one.job().copy().laps(7).build(), List.of());
      for (Transition<Box> each : List.of(one, one, other, other)) {
        recorder.journal().commit(Sample.encoded(recorder.journal(), List.of(each)));
      }
      recorder.close();

      assertThat(repair().setBack()).containsExactly(new SetBack("0", "edit", 3, 2));
    }

    @Test
    void missingBatchesAreSaid() {
      threeJobs();
      List<String> lines = lines();
      int at = indexOf(lines, "{\"id\":\"1\",\"state\":\"edit\"");
      lines.subList(at, at + 4).clear();
      write(lines);

      assertThat(repair().dropped())
          .extracting(Check.Problem::what)
          .containsExactly("2 batches before commit 4 are missing");
    }

    @Test
    void aMissingFirstBatchIsSaid() {
      threeJobs();
      List<String> lines = lines();
      int at = indexOf(lines, "{\"id\":\"0\",\"state\":\"edit\"");
      lines.subList(at, at + 2).clear();
      write(lines);

      assertThat(said(repair())).containsExactly("1 batches before commit 2 are missing");
    }

    @Test
    void noBatchIsMissingInAFileThatWasCompactedBeforeItHadJobs() {
      Recorder empty = new Recorder(0).open(disk);
      empty.close();
      empty.open(disk);
      disk.releaseLocks();
      empty.open(disk); // Compacts.
      for (String id : List.of("0", "1")) {
        Job<Box> job = Job.create(id, "new", new Box("later", 1), empty.clock().instant());
        empty.commit(List.of(new Transition<>(job, List.of())));
      }
      empty.close();
      damage("{\"id\":\"1\"", "\"count\":1", "\"count\":7");

      Repair repair = repair();

      assertThat(said(repair)).containsExactly(CHANGED);
      assertThat(repair.lost()).containsExactly("1");
    }

    @Test
    void doubledBatchesAreSaidAndCountOnce() {
      threeJobs();
      List<String> lines = lines();
      int at = indexOf(lines, "{\"id\":\"1\",\"state\":\"edit\"");
      lines.addAll(at + 2, List.copyOf(lines.subList(at, at + 2)));
      write(lines);

      Repair repair = repair();

      assertThat(repair.dropped())
          .extracting(Check.Problem::what)
          .containsExactly("commit 2 follows commit 2");
      assertThat(repair.setBack()).isEmpty();
      assertThat(repaired().job("1").orElseThrow().state()).isEqualTo("push");
    }

    @Test
    void linesOfAnotherBatchAreDroppedAndTheirJobsSetBack() {
      threeJobs();
      List<String> lines = lines();
      int first = indexOf(lines, "{\"id\":\"0\",\"state\":\"push\"");
      int second = indexOf(lines, "{\"id\":\"1\",\"state\":\"push\"");
      Collections.swap(lines, first, second);
      write(lines);

      Repair repair = repair();

      assertThat(repair.setBack())
          .containsExactly(new SetBack("1", "edit", 3, 2), new SetBack("0", "edit", 3, 2));
      assertThat(repair.dropped())
          .extracting(Check.Problem::what)
          .containsExactly(
              "its batch is not whole: commit 4 is about other lines, so one is missing, moved or"
                  + " from elsewhere",
              "its batch is not whole: commit 5 is about other lines, so one is missing, moved or"
                  + " from elsewhere");
    }

    @Test
    void linesWhoseCommitLineIsMissingAreDroppedAndTheirJobsSetBack() {
      threeJobs();
      List<String> lines = lines();
      lines.remove(indexOf(lines, "{\"id\":\"1\",\"state\":\"push\"") + 1);
      write(lines);

      Repair repair = repair();

      assertThat(repair.setBack()).containsExactly(new SetBack("1", "edit", 3, 2));
      assertThat(said(repair)).containsExactly("it belongs to no batch");
      assertThat(state("2")).isEqualTo("push");
    }

    @Test
    void linesThatNoCommitFollowsBeforeTheFileWasClosedDoNotTouchTheNextStart() {
      threeJobs();
      List<String> lines = lines();
      lines.remove(indexOf(lines, "{\"closed\":") - 1);
      recorder.open(disk);
      move("0", "merged");
      recorder.close();
      lines.addAll(lines().subList(lines.size() + 1, lines().size()));
      write(lines);

      Repair repair = repair();

      assertThat(said(repair))
          .containsExactly(
              "no commit line follows, so it was never acknowledged",
              "1 batches before commit 7 are missing");
      assertThat(state("0")).isEqualTo("merged");
      assertThat(state("2")).isEqualTo("edit");
    }

    @Test
    void linesThatNoCommitFollowsWereNeverAcknowledged() {
      threeJobs();
      List<String> lines = lines();
      int last = indexOf(lines, "{\"id\":\"2\",\"state\":\"push\"");
      write(lines.subList(0, last + 1));

      Repair repair = repair();

      assertThat(repair.setBack()).isEmpty();
      assertThat(repair.dropped())
          .extracting(Check.Problem::what)
          .containsExactly("no commit line follows, so it was never acknowledged");
    }

    @Test
    void linesBeforeADamagedLastCommitMayHaveBeenAcknowledged() {
      threeJobs();
      List<String> lines = lines();
      int last = indexOf(lines, "{\"id\":\"2\",\"state\":\"push\"");
      lines.set(last + 1, lines.get(last + 1).replaceFirst("commit", "comnit"));
      write(lines.subList(0, last + 2));

      Repair repair = repair();

      assertThat(repair.setBack()).containsExactly(new SetBack("2", "edit", 3, 2));
      assertThat(repair.dropped().getFirst().what())
          .isEqualTo(
              "no commit line follows, so it was never acknowledged, or that line is damaged");
    }

    @Test
    void jobThatAPersonTypedBeforeTheClosingLineIsKept() {
      threeJobs();
      List<String> lines = lines();
      lines.add(
          indexOf(lines, "{\"closed\":"),
          "{\"id\":\"9\",\"state\":\"new\",\"c\":{\"label\":\"x\",\"count\":1}}\n");
      write(lines);
      damage("{\"id\":\"1\",\"state\":\"edit\"", "\"count\":1", "\"count\":7");

      assertThat(repair().jobs()).isEqualTo(4);
    }

    @Test
    void stepsThatHadStartedBeforeACloseInOrderAreNotInDoubt() {
      recorder.open(disk);
      move("0", "edit");
      move("1", "edit");
      recorder.note("0");
      recorder.close();
      damage("{\"id\":\"1\",\"state\":\"edit\"", "\"count\":1", "\"count\":7");

      repair();

      assertThat(repaired().job("0").orElseThrow().inDoubt()).isFalse();
    }

    @Test
    void stepsThatHadStartedBeforeACloseInOrderAreNotInDoubtWhenItsFileWentOn() {
      recorder.open(disk);
      move("1", "edit");
      recorder.note("0");
      recorder.close();
      recorder.open(disk);
      move("2", "edit");
      disk.releaseLocks();
      damage("{\"id\":\"1\",\"state\":\"edit\"", "\"count\":1", "\"count\":7");

      repair();

      assertThat(repaired().job("0").orElseThrow().inDoubt()).isFalse();
    }

    @Test
    void stepsThatHadStartedBehindADamagedCommitLineAreInDoubt() {
      recorder.open(disk);
      move("1", "edit");
      recorder.note("0");
      move("2", "edit");
      disk.releaseLocks();
      damageCommitBehind("{\"id\":\"1\",\"state\":\"edit\"");

      repair();

      Run<Plan, Box> run = repaired();
      assertThat(run.job("0").orElseThrow().inDoubt()).isTrue();
      assertThat(run.job("1").orElseThrow().state()).isEqualTo("edit");
      assertThat(run.job("2").orElseThrow().state()).isEqualTo("edit");
    }

    @Test
    void whatIsRememberedOfLimitsIsKept() {
      recorder.open(disk);
      LimitNote note = new LimitNote("push#0", "", Instant.parse("2026-11-24T11:00:00Z"), null);
      move("1", "edit");
      recorder.journal().note(List.of(note));
      recorder.close();
      damage("{\"id\":\"1\",\"state\":\"edit\"", "\"count\":1", "\"count\":7");

      repair();

      assertThat(repaired().limitNotes()).containsExactly(note);
    }

    @Test
    void jobThatAPersonTypedAtTheEndIsKept() {
      threeJobs();
      disk.append(
          Sample.PATH,
          Sample.utf8("{\"id\":\"9\",\"state\":\"new\",\"c\":{\"label\":\"x\",\"count\":1}}\n"));
      damage("{\"id\":\"1\",\"state\":\"edit\"", "\"count\":1", "\"count\":7");

      assertThat(repair().jobs()).isEqualTo(4);
      assertThat(disk.exists(TARGET)).isTrue();
    }
  }

  /// Before a batch is written, those before it need not be on the disk.
  @Nested
  class RelaxedDurability {
    private Transition<Box> moved(Run<Plan, Box> run, String id) {
      return Sample.move(run.job(id).orElseThrow(), "edit", recorder.clock());
    }

    /// Two batches behind the first ones that were flushed at the end only.
    private void twoBatches() {
      try (var journal = Sample.journal(disk).durability(Durability.RELAXED)) {
        Run<Plan, Box> run = journal.load().orElseGet(() -> Sample.freshRun(3));
        journal.begin(run);
        journal.commit(Sample.encoded(journal, List.of(moved(run, "0"))));
        journal.commit(Sample.encoded(journal, List.of(moved(run, "1"))));
      }
    }

    @Test
    void aDamagedCommitLineOfTheFirstBatchIsNotProvenByTheNext() {
      twoBatches();
      damageCommitBehind("{\"id\":\"0\",\"state\":\"edit\"");

      Repair repair = repair();

      assertThat(repair.setBack()).containsExactly(new SetBack("0", "new", 2, 1));
      assertThat(said(repair)).containsExactly("it belongs to no batch", CHANGED);
      assertThat(state("1")).isEqualTo("edit");
    }

    @Test
    void aDamagedCommitLineOfALaterBatchIsNotProvenByTheNext() {
      threeJobs();
      recorder.open(disk);
      recorder.close();
      try (var journal = Sample.journal(disk).durability(Durability.RELAXED)) {
        Run<Plan, Box> run = journal.load().orElseThrow();
        journal.begin(run);
        for (String id : List.of("0", "1")) {
          Transition<Box> move = Sample.move(run.job(id).orElseThrow(), "merged", recorder.clock());
          journal.commit(Sample.encoded(journal, List.of(move)));
        }
      }
      damageCommitBehind("{\"id\":\"0\",\"state\":\"merged\"");

      assertThat(repair().setBack()).containsExactly(new SetBack("0", "push", 4, 3));
    }
  }

  @Nested
  class ManyFirstBatches {
    /// Two jobs that are a batch each, because they are so large, and three batches more.
    private void begin() {
      try (var journal = Sample.journal(disk)) {
        Run<Plan, Box> run = Run.create("sample", new Plan("T-1"), "new");
        for (String id : List.of("0", "1")) {
          run.put(Job.create(id, "new", new Box("x".repeat(1 << 20), 0), Instant.EPOCH));
        }
        journal.begin(run);
        for (String state : List.of("edit", "push", "merged")) {
          Job<Box> job = run.job("0").orElseThrow();
          Job<Box> next = job.next().state(state).context(new Box("small", 1)).build();
          Transition<Box> move = new Transition<>(next, List.of());
          journal.commit(Sample.encoded(journal, List.of(move)));
          run.apply(List.of(move));
        }
      }
    }

    private void assertNothingIsLost(String job) {
      begin();
      damageCommitBehind("{\"id\":\"" + job + "\",\"state\":\"new\"");

      Repair repair = repair();

      assertThat(said(repair)).containsExactly(CHANGED);
      assertThat(repair.setBack()).isEmpty();
      assertThat(repair.lost()).isEmpty();
      assertThat(repaired().jobs()).extracting(Job::state).containsExactly("merged", "new");
    }

    @Test
    void aDamagedCommitLineOfTheFirstCostsNothing() {
      assertNothingIsLost("0");
    }

    @Test
    void aDamagedCommitLineOfTheLastCostsNothing() {
      assertNothingIsLost("1");
    }
  }

  /// One bit makes one of these states the other: an edit only if both are known.
  @Nested
  class AnEditedState {
    private final Sample.Boxes lanes = new Sample.Boxes(List.of("new", "lane-1", "lane-3"));

    private void edit() {
      try (var by = new JournalSerializer<>(disk, recorder.clock(), Sample.PATH, lanes)) {
        Run<Plan, Box> run = by.load().orElseGet(() -> Sample.freshRun(3));
        by.begin(run);
        Transition<Box> move = Sample.move(run.job("0").orElseThrow(), "lane-1", recorder.clock());
        by.commit(Sample.encoded(by, List.of(move)));
      }
      damage("{\"id\":\"0\",\"state\":\"lane-1\"", "lane-1", "lane-3");
      damage("{\"id\":\"1\",\"state\":\"new\"", "\"count\":0", "\"count\":7");
    }

    private void assertKept() {
      assertThat(repair().setBack()).isEmpty();
      Job<Box> job = repaired().job("0").orElseThrow();
      assertThat(job.state()).isEqualTo("lane-3");
      assertThat(job.lastTransition().orElseThrow().to()).isEqualTo("lane-1");
    }

    @Test
    void isKeptIfTheFirstLineNamesIt() {
      edit();

      assertKept();
    }

    @Test
    void isKeptIfALaterStartNamesIt() {
      recorder.open(disk);
      recorder.close();
      edit();

      assertKept();
    }
  }

  @Nested
  class ATransitionWithKicks {
    private void kick() {
      recorder.open(disk);
      Job<Box> parent = recorder.run().job("0").orElseThrow();
      Transition<Box> move = Sample.move(parent, "edit", recorder.clock());
      List<Job<Box>> kicked =
          List.of(Sample.kicked(parent, 0, "first"), Sample.kicked(parent, 1, "second"));
      recorder.commit(
          List.of(
              new Transition<>(move.job().copy().kicks(2).build(), kicked),
              Sample.move(recorder.run().job("1").orElseThrow(), "push", recorder.clock())));
    }

    @Test
    void isSetBackAsAWholeIfAKickIsDamaged() {
      kick();
      recorder.close();
      damage("{\"id\":\"0->1\"", "second", "sekond");
      Repair repair = repair();
      assertThat(repair.dropped()).hasSize(3).extracting(Check.Problem::line).isSorted();
      assertThat(repair.setBack()).containsExactly(new SetBack("0", "new", 2, 1));
      assertThat(repair.lost()).containsExactlyInAnyOrder("0->0", "0->1");
      Run<Plan, Box> run = repaired();
      assertThat(run.job("0->0")).isEmpty();
      assertThat(run.job("0").orElseThrow().kicks()).isZero();
      assertThat(run.job("1").orElseThrow().state()).isEqualTo("push");
    }

    @Test
    void isSetBackAsAWholeIfItsOwnLineIsDamaged() {
      kick();
      recorder.close();
      damage("{\"id\":\"0\",\"state\":\"edit\"", "\"kicks\":2", "\"kicks\":3");

      Repair repair = repair();

      assertThat(repair.setBack()).containsExactly(new SetBack("0", "new", 2, 1));
      assertThat(repair.lost()).containsExactly("0->0", "0->1");
      assertThat(repair.dropped()).hasSize(3).extracting(Check.Problem::line).isSorted();
      Run<Plan, Box> run = repaired();
      assertThat(run.jobs()).extracting(Job::id).containsExactly("0", "1", "2");
      assertThat(run.job("0").orElseThrow().kicks()).isZero();
    }

    /// The step runs again, and kicks others.
    @Test
    void givesNoIdAgainIfItsOwnLineIsDamagedAndAKickHasGoneOnSince() {
      kick();
      move("0->0", "edit");
      recorder.close();
      damage("{\"id\":\"0\",\"state\":\"edit\"", "\"kicks\":2", "\"kicks\":3");

      Repair repair = repair();

      assertThat(repair.setBack()).containsExactly(new SetBack("0", "new", 2, 1));
      assertThat(repair.lost()).isEmpty();
      Run<Plan, Box> run = repaired();
      assertThat(run.job("0").orElseThrow().state()).isEqualTo("new");
      assertThat(run.job("0").orElseThrow().kicks()).isEqualTo(2);
      assertThat(run.job("0->0").orElseThrow().state()).isEqualTo("edit");
      assertThat(run.job("0->1").orElseThrow().context().label()).isEqualTo("second");
    }

    /// A kick of a kick is left, and the lines of both that kicked are damaged.
    @Test
    void givesNoIdAgainIfTheKickHasGoneOnByALineThatIsDamagedToo() {
      kick();
      Job<Box> child = recorder.run().job("0->0").orElseThrow();
      recorder.commit(
          List.of(
              new Transition<>(
                  child.next().kicks(1).build(), List.of(Sample.kicked(child, 0, "third")))));
      move("0->0->0", "edit");
      recorder.close();
      damage("{\"id\":\"0\",\"state\":\"edit\"", "\"kicks\":2", "\"kicks\":3");
      damage("\"kicks\":1,", "\"kicks\":1,", "\"kicks\":4,");

      Repair repair = repair();

      assertThat(repair.lost()).isEmpty();
      Run<Plan, Box> run = repaired();
      assertThat(run.job("0").orElseThrow().kicks()).isEqualTo(2);
      assertThat(run.job("0->0").orElseThrow().kicks()).isEqualTo(1);
      assertThat(run.job("0->0->0").orElseThrow().state()).isEqualTo("edit");
    }

    @Test
    void isSetBackIfOnlyAnEarlierKickHasGoneOnSince() {
      recorder.open(disk);
      for (int kick = 0; kick < 2; kick++) {
        Job<Box> parent = recorder.run().job("0").orElseThrow();
        Job<Box> next = parent.next().kicks(kick + 1).build();
        recorder.commit(
            List.of(new Transition<>(next, List.of(Sample.kicked(parent, kick, "kick " + kick)))));
      }
      move("0->0", "edit");
      recorder.close();
      damage("{\"id\":\"0->1\"", "kick", "kikk");

      Repair repair = repair();

      assertThat(repair.setBack()).containsExactly(new SetBack("0", "new", 3, 2));
      assertThat(repair.lost()).containsExactly("0->1");
      assertThat(repaired().job("0").orElseThrow().kicks()).isEqualTo(1);
    }

    @Test
    void staysIfAnotherKickHasGoneOnSince() {
      kick();
      move("0->0", "edit");
      recorder.close();
      damage("{\"id\":\"0->1\"", "second", "sekond");
      Repair repair = repair();
      assertThat(repair.setBack()).isEmpty();
      assertThat(repair.lost()).containsExactly("0->1");
      assertThat(repaired().job("0").orElseThrow().kicks()).isEqualTo(2);
    }

    @Test
    void bringsItsIntactKicksIfOneOfThemHasGoneOnSince() {
      recorder.open(disk);
      Job<Box> parent = recorder.run().job("0").orElseThrow();
      Transition<Box> move = Sample.move(parent, "edit", recorder.clock());
      List<Job<Box>> kicked =
          List.of(
              Sample.kicked(parent, 0, "first"),
              Sample.kicked(parent, 1, "second"),
              Sample.kicked(parent, 2, "third"));
      recorder.commit(List.of(new Transition<>(move.job().copy().kicks(3).build(), kicked)));
      move("0->0", "edit");
      recorder.close();
      damage("{\"id\":\"0->1\"", "second", "sekond");

      assertThat(repair().lost()).containsExactly("0->1");
      Run<Plan, Box> run = repaired();
      assertThat(run.job("0->2").orElseThrow().context().label()).isEqualTo("third");
      assertThat(run.job("0").orElseThrow().state()).isEqualTo("edit");
    }
  }

  @Nested
  class Refusals {
    @Test
    void aTargetThatExistsIsNotTouched() {
      threeJobs();
      disk.put(TARGET, Sample.utf8("mine"));
      assertThatThrownBy(RepairTest.this::repair)
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining("there is a file already");
      assertThat(Sample.utf8(disk.content(TARGET))).isEqualTo("mine");
    }

    @Test
    void aFileThatAProcessHasIsRefused() {
      recorder.open(disk);
      assertThatThrownBy(RepairTest.this::repair).isInstanceOf(RunFileException.Locked.class);
    }

    @Test
    void aFullDiskLeavesNothingBehind() {
      threeJobs();
      disk.capacity(disk.used() + 100);
      assertThatThrownBy(RepairTest.this::repair).isInstanceOf(DiskFullException.class);
      assertThat(disk.exists(TARGET)).isFalse();
    }
  }

  @Test
  void doubtsAreKept() {
    recorder.open(disk);
    move("0", "edit");
    move("1", "edit");
    recorder.note("0");
    disk.releaseLocks();
    damage("{\"id\":\"1\",\"state\":\"edit\"", "\"count\":1", "\"count\":7");
    repair();
    assertThat(repaired().job("0").orElseThrow().inDoubt()).isTrue();
  }

  /// Whatever is done to one place of the file: the result opens, holds nothing that was not
  /// recorded, and names every job that is not at its newest version.
  @Test
  void anyDamageToOnePlaceSavesTheRestAndNamesTheOthers() {
    for (int round = 0; round < 400; round += STRIDE) {
      try {
        damageOnce(new Random(SEED + round));
      } catch (Throwable e) {
        throw new AssertionError("round " + round + " of seed " + SEED, e);
      }
    }
  }

  private void damageOnce(Random random) {
    SimDisk own = new SimDisk(random);
    Recorder history = new Recorder(4);
    Set<String> all = new HashSet<>();
    history.open(own);
    history.run().jobs().forEach(job -> all.add(essence(job)));
    for (int i = 0; i < 8; i++) {
      history.commitRandom(random);
      history.run().jobs().forEach(job -> all.add(essence(job)));
      if (random.nextInt(6) == 0) {
        own.releaseLocks();
        history.open(own); // Compacts.
      }
    }
    history.close();
    byte[] damaged = damaged(own.content(Sample.PATH), random);
    own.put(Sample.PATH, damaged);
    Repair repair = new RunFiles(own, new Sample.Clock()).repairFile(Sample.PATH, TARGET);
    assertThat(own.content(Sample.PATH)).as("the damaged file").isEqualTo(damaged);
    try (var journal = new JournalSerializer<>(own, new Sample.Clock(), TARGET, Sample.SCHEMA)) {
      Run<Plan, Box> run = journal.load().orElseThrow();
      assertThat(journal.opening().isClean()).isTrue();
      Set<String> named = new HashSet<>(repair.lost());
      repair.setBack().forEach(each -> named.add(each.job()));
      for (Job<Box> job : run.jobs()) {
        assertThat(essence(job)).as("recorded").matches(essence -> isRecorded(all, job, run));
      }
      assertThat(newest(history.run(), named)).isSubsetOf(newest(run, Set.of()));
    }
  }

  /// Whether it was so once; but ids of jobs that it kicked later and that have gone on are taken.
  private static boolean isRecorded(Set<String> all, Job<Box> job, Run<Plan, Box> run) {
    if (all.contains(essence(job))) {
      return true;
    }
    boolean isTaken = run.job(job.id() + "->" + (job.kicks() - 1)).isPresent();
    return isTaken
        && IntStream.range(0, job.kicks())
            .anyMatch(kicks -> all.contains(essence(job.copy().kicks(kicks).build())));
  }

  private static Set<String> newest(Run<Plan, Box> run, Set<String> without) {
    return run.jobs().stream()
        .filter(job -> !without.contains(job.id()))
        .map(RepairTest::essence)
        .collect(Collectors.toSet());
  }

  /// Overwrites a few bytes in one line that is not the first, but leaves the id that it begins
  /// with.
  private static byte[] damaged(byte[] content, Random random) {
    List<String> lines = new ArrayList<>(List.of(Sample.utf8(content).split("(?<=\n)")));
    int at = 1 + random.nextInt(lines.size() - 1);
    String line = lines.get(at);
    int from = 30 + random.nextInt(Math.max(1, line.length() - 35));
    if (from + 3 < line.length()) {
      line = line.substring(0, from) + "\u0001%\u0002" + line.substring(from + 3);
    }
    lines.set(at, line);
    return Sample.utf8(String.join("", lines));
  }

  @Test
  void whatIsWrittenIsReadAgainBeforeItIsSaidToBeRepaired() {
    recorder.open(disk);
    recorder.close();
    byte[] other = Sample.utf8("somebody's\n");
    disk.whenCalled("OPEN_READ_ONLY " + TARGET, () -> disk.put(TARGET, other));
    assertThatThrownBy(this::repair).isInstanceOf(RunFileException.class);
  }

  @Test
  void whatIsWrittenHoldsTheJobsThatWereFound() {
    recorder.open(disk);
    recorder.close();
    SimDisk of = new SimDisk(new Random(SEED));
    Recorder fewer = new Recorder(2).open(of);
    fewer.close();
    byte[] other = of.content(Sample.PATH);
    disk.whenCalled("OPEN_READ_ONLY " + TARGET, () -> disk.put(TARGET, other));
    assertThatThrownBy(this::repair)
        .isInstanceOf(RunFileException.class)
        .hasMessageContaining("what was written cannot be read again");
  }
}
