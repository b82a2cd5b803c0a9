package dev.jorb.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.run.Job;
import dev.jorb.run.Json;
import dev.jorb.run.Run;
import dev.jorb.run.Schema;
import dev.jorb.run.Transition;
import dev.jorb.time.TimeSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryRunFileTest {
  private final MemoryRunFile file = new MemoryRunFile();

  private static JournalSerializer<Json, Json> open(MemoryRunFile file) {
    return file.open(Schema.untyped(), TimeSource.system());
  }

  private static Run<Json, Json> run() {
    return Run.<Json, Json>create("r", new Json("{}"), "new").add(new Json("1"));
  }

  private static Run<Json, Json> reload(MemoryRunFile file) {
    try (var serializer = open(file)) {
      return serializer.load().orElseThrow();
    }
  }

  @Test
  void holdsWhatAJournalWrites() {
    try (var serializer = open(file)) {
      assertThat(serializer.load()).isEmpty();
      serializer.begin(run());
    }
    assertThat(file.text()).startsWith("{\"jorb\":1,").contains("\"c\":1", "{\"closed\":");
    assertThat(file.size()).isEqualTo(file.text().length());
    assertThat(reload(file).jobs()).hasSize(1);
  }

  @Test
  void endsWithTheLastWholeBatchWhereverItsProcessWasKilled() throws EncodeException {
    JournalSerializer<Json, Json> killed = open(file);
    killed.begin(run());
    long before = file.size();
    Job<Json> moved = reload(file.killedAt(before)).jobs().getFirst().next().state("done").build();
    killed.commit(List.of(killed.encode(new Transition<>(moved, List.of()))));

    for (long bytes = before; bytes < file.size() - 1; bytes++) { // The last line break may lack.
      assertThat(reload(file.killedAt(bytes)).jobs()).extracting(Job::state).containsOnly("new");
    }
    assertThat(reload(file.killedAt(file.size())).jobs())
        .extracting(Job::state)
        .containsOnly("done");
  }

  @Test
  void isOpenOnce() {
    var serializer = open(file);
    serializer.load();

    assertThatThrownBy(() -> reload(file)).isInstanceOf(RunFileException.Locked.class);
    serializer.close();
    assertThat(file.size()).isZero();
  }

  @Test
  void cannotEndWhereItHasNotBeen() {
    assertThatThrownBy(() -> file.killedAt(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the file has 0 bytes and cannot end at 1");
  }
}
