package dev.jorb.processor;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.limit.Gate;
import dev.jorb.limit.Rate;
import dev.jorb.run.Run;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Gates on the real engine.
class GatedRunTest {
  private final AtomicBoolean isFull = new AtomicBoolean(true);
  private final Set<String> threads = ConcurrentHashMap.newKeySet();
  private final Gate gate =
      Gate.atLeast(
          "free licences",
          1,
          () -> {
            threads.add(Thread.currentThread().getName());
            return isFull.get() ? 0 : 1;
          });

  private static Workflow<Object, String, Note> workflow(dev.jorb.limit.Limit limit) {
    return Workflow.named("gated", Object.class, String.class, Note.class)
        .state("work", s -> s.limit(limit).exec((app, overall, note) -> Outcome.to("done", note)))
        .terminal("done")
        .build();
  }

  private static RunHandle start(Workflow<Object, String, Note> workflow) {
    Run<String, Note> run = workflow.run("run", "").add(new Note("a")).add(new Note("b"));
    return Processor.of(workflow, new Object()).start(run);
  }

  private static String hold(RunHandle handle) {
    return handle.status().getFirst().hold();
  }

  @Tag("slow")
  @Test
  void holdsTheRunUntilItOpensAndIsReadByAThreadOfItsOwn() throws Exception {
    try (RunHandle handle = start(workflow(gate))) {
      eventually(
          "it is held", () -> hold(handle).equals("held by its gate: free licences: 0, below 1"));
      isFull.set(false);
      assertThat(handle.await().isComplete()).isTrue();
    }
    assertThat(threads).containsExactly("jorb-gates run");
  }

  @Test
  void mayBePutInPlaceOfAnotherLimit() throws Exception {
    try (RunHandle handle = start(workflow(Rate.perHour(1)))) {
      eventually("one waits", () -> !hold(handle).isEmpty());
      handle.setLimit("work", gate);
      eventually("it is held", () -> hold(handle).startsWith("held by its gate: "));
      isFull.set(false);
      assertThat(handle.await().isComplete()).isTrue();
    }
    assertThat(threads).containsExactly("jorb-gates run");
  }

  @Test
  void thatHangsHoldsItsStateAndNothingElse() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Gate hanging =
        Gate.atMost(
            "a disk that is gone",
            1,
            () -> {
              Eventually.isOpen(never);
              return 0;
            });
    try (RunHandle handle = start(workflow(hanging))) {
      eventually("it is held", () -> hold(handle).endsWith(": nobody has read it yet"));
      handle.stop();
      assertThat(handle.await().wasStopped()).isTrue();
    } finally {
      never.countDown();
    }
  }

  @Tag("slow")
  @Test
  void ofTheMachineLetWorkPassThatAsksForLittle(@TempDir Path folder) throws Exception {
    var all =
        Gate.cpuLoadAtMost(1)
            .and(Gate.freeMemoryAtLeast(1))
            .and(Gate.freeDiskAtLeast(folder, 1))
            .and(Gate.openFilesAtMost(1));
    try (RunHandle handle = start(workflow(all))) {
      assertThat(handle.await().isComplete()).isTrue();
    }
  }
}
