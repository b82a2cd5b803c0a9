package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.run.Schema;
import dev.jorb.run.Transition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFileTest {
  @TempDir Path folder;
  private Path path;

  record Note(String text) {}

  /// A workflow's names and types.
  private record Names(List<String> stateNames) implements Schema<String, Note> {
    @Override
    public Class<String> overallType() {
      return String.class;
    }

    @Override
    public Class<Note> contextType() {
      return Note.class;
    }

    @Override
    public Optional<String> workflowName() {
      return Optional.of("notes");
    }

    @Override
    public Set<String> terminalStateNames() {
      return Set.of("done");
    }
  }

  private static final Names NAMES = new Names(List.of("new", "done"));

  @BeforeEach
  void name() {
    path = folder.resolve("notes.jorb");
  }

  private static Run<String, Note> twoNotes() {
    return Run.<String, Note>create("notes", "all", "new").add(new Note("a")).add(new Note("b"));
  }

  private void write() {
    try (var journal = JournalSerializer.at(path, NAMES)) {
      journal.begin(twoNotes());
    }
  }

  @Nested
  class AtRest {
    @Test
    void runStatesAndContextsAreThereWithoutTheUsersTypes() {
      write();

      RunFile file = RunFile.read(path);

      assertThat(file.form()).isEqualTo(RunFile.Form.JOURNAL);
      assertThat(file.run().name()).isEqualTo("notes");
      assertThat(file.run().overall().text()).isEqualTo("\"all\"");
      assertThat(file.run().jobs())
          .extracting(job -> job.context().text())
          .containsExactly("{\"text\":\"a\"}", "{\"text\":\"b\"}");
      assertThat(file.workflowName()).contains("notes");
      assertThat(file.states()).containsExactly("new", "done");
      assertThat(file.terminalStates()).containsExactly("done");
      assertThat(file.opening().sentences()).isEmpty();
      assertThat(file.holder()).isEmpty();
    }

    @Test
    void nothingIsChangedAndNoLockIsTaken() throws IOException {
      write();
      byte[] before = Files.readAllBytes(path);
      Files.delete(folder.resolve("notes.jorb.lock"));

      RunFile.read(path);

      assertThat(path).hasBinaryContent(before);
      assertThat(folder.resolve("notes.jorb.lock")).doesNotExist();
    }

    @Test
    void anotherWorkflowIsJudgedByItsStatesAndTypes() {
      write();

      Opening opening = RunFile.read(path, new Names(List.of("begin", "done"))).opening();

      assertThat(opening.unknownStates()).extracting(Opening.Stray::job).containsExactly("0", "1");
    }

    @Test
    void damageIsRefused() throws IOException {
      write();
      Files.writeString(path, Files.readString(path).replace("\"b\"", "\"c\""));

      assertThatThrownBy(() -> RunFile.read(path))
          .isInstanceOf(RunFileException.Damaged.class)
          .hasMessageContaining("line 3: job 1");
    }

    @Test
    void fileThatIsNotThereIsRefused() {
      assertThatThrownBy(() -> RunFile.read(path))
          .isInstanceOf(RunFileException.class)
          .hasMessageContaining("cannot be read");
    }

    @Test
    void lockLeftBehindByAProcessThatIsGoneHoldsNothing() throws IOException {
      write();
      Files.writeString(
          folder.resolve("notes.jorb.lock"), "pid 4194999 since 2026-01-01T00:00:00Z");

      assertThat(RunFile.read(path).holder()).isEmpty();
    }

    @Test
    void lockOfAProcessWhoseNumberWasGivenToAnotherHoldsNothing() throws IOException {
      write();
      long pid = ProcessHandle.current().pid();
      Files.writeString(
          folder.resolve("notes.jorb.lock"), "pid " + pid + " since 2001-01-01T00:00:00Z");

      assertThat(RunFile.read(path).holder()).isEmpty();
    }
  }

  @Nested
  class WhileThisProcessWritesIt {
    private static final int BATCHES = 100;

    @Test
    void holderIsThisProcessAndItsLockIsNotLost() {
      try (var journal = JournalSerializer.at(path, NAMES)) {
        journal.begin(twoNotes());

        RunFile file = RunFile.read(path);

        assertThat(file.holder())
            .hasValueSatisfying(
                holder -> assertThat(holder).startsWith("pid " + ProcessHandle.current().pid()));
        assertThat(file.opening().sentences()).isEmpty();
        assertThatThrownBy(() -> JournalSerializer.at(path, NAMES).load())
            .isInstanceOf(RunFileException.Locked.class);
      }
    }

    @Tag("slow")
    @Test
    void everyReadingFindsWholeBatchesOnly() throws Exception {
      // Batches of many pages, so that readings fall into the middle of writes.
      List<Note> notes = Collections.nCopies(200, new Note("n".repeat(1_000)));
      try (var journal = JournalSerializer.at(path, NAMES).durability(Durability.RELAXED)) {
        Run<String, Note> run = Run.<String, Note>create("notes", "all", "new").addAll(notes);
        journal.begin(run);
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        Thread writer = Thread.ofPlatform().start(() -> write(journal, run, failures));

        do {
          List<Integer> versions =
              RunFile.read(path).run().jobs().stream().map(Job::version).distinct().toList();
          assertThat(versions).as("all jobs change in one batch").hasSize(1);
        } while (writer.isAlive());

        assertThat(failures).isEmpty();
        assertThat(RunFile.read(path).run().jobs())
            .extracting(Job::version)
            .containsOnly(BATCHES + 1);
      }
    }

    @Test
    void batchThatGrowsUnderTheReaderIsNotTakenForDamage() throws IOException {
      Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
      try (var journal = JournalSerializer.at(path, NAMES).durability(Durability.RELAXED)) {
        Run<String, Note> run = twoNotes();
        journal.begin(run);
        write(journal, run, failures);
      }
      assertThat(failures).isEmpty();
      byte[] whole = Files.readAllBytes(path);
      String text = Files.readString(path);
      int middleOfTheBatch = text.indexOf("\"b\"", text.indexOf("\"v\":2"));
      Growing file = new Growing(whole, middleOfTheBatch);

      RunImage image = JournalScan.read(path, new RunFile.Frozen(file, file.size()));

      assertThat(image.jobs.values()).extracting(each -> each.job().version()).containsOnly(1);
      assertThatThrownBy(() -> JournalScan.read(path, new Growing(whole, middleOfTheBatch)))
          .as("what the reader is kept from")
          .isInstanceOf(RunFileException.Damaged.class);
    }

    private void write(
        JournalSerializer<String, Note> journal, Run<String, Note> run, Queue<Throwable> failures) {
      try {
        List<Job<Note>> jobs = run.jobs();
        for (int i = 0; i < BATCHES; i++) {
          List<Job<Note>> next = new ArrayList<>();
          List<Serializer.Encoded<Note>> batch = new ArrayList<>();
          for (Job<Note> job : jobs) {
            Instant now = Instant.now();
            next.add(job.next().transition("new", "new", now, Duration.ZERO).updated(now).build());
            batch.add(journal.encode(new Transition<>(next.getLast(), List.of())));
          }
          journal.commit(batch);
          jobs = next;
        }
      } catch (Throwable failure) {
        failures.add(failure);
      }
    }
  }

  /// A file that another process goes on writing as soon as its end was read.
  private static final class Growing implements Disk.DiskFile {
    private final byte[] content;
    private int visible;

    Growing(byte[] content, int visible) {
      this.content = content;
      this.visible = visible;
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) {
      int count = (int) Math.min(length, visible - position);
      if (count <= 0) {
        visible = content.length;
        return -1;
      }
      System.arraycopy(content, (int) position, into, offset, count);
      return count;
    }

    @Override
    public long size() {
      return visible;
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) {}

    @Override
    public void truncate(long size) {}

    @Override
    public void sync() {}

    @Override
    public void close() {}
  }
}
