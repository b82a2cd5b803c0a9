package dev.jorb.engine;

import dev.jorb.run.Job;
import dev.jorb.run.Run;
import dev.jorb.run.Transition;
import dev.jorb.serial.DiskFullException;
import dev.jorb.serial.RunFileException;
import dev.jorb.serial.Serializer.Encoded;
import dev.jorb.serial.SimRunFile;
import dev.jorb.workflow.Workflow;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// What outlives the processes of a replayed run: its jobs as they are written, alone or beside a
/// run file on a simulated disk, which a new process has to find as it was acknowledged.
final class Survival {
  /// The jobs as they are acknowledged.
  final Map<String, Job<String>> jobs = new LinkedHashMap<>();

  private final Workflow<Object, String, String> workflow;
  private final SplittableRandom fate;

  /// Where the run is written; null if nothing fails and [#jobs] is all that there is.
  private final SimRunFile<String, String> file;

  /// The run of the process; gives the jobs their positions.
  private Run<String, String> run;

  /// Whether nothing has disturbed the disk since the process began.
  private boolean isCalm = true;

  /// What came of an attempt to write.
  enum Written {
    YES,
    NO_ROOM,
    PROCESS_ENDED
  }

  Survival(Workflow<Object, String, String> workflow, long seed, boolean onDisk) {
    this.workflow = workflow;
    this.run = workflow.run("replay", "overall");
    this.file = onDisk ? new SimRunFile<>(workflow, seed) : null;
    this.fate = new SplittableRandom(seed + 1);
  }

  boolean isOnDisk() {
    return file != null;
  }

  Run<String, String> run() {
    return run;
  }

  /// The job's place in the run.
  int position(String id) {
    return run.job(id).orElseThrow().position();
  }

  void add(Job<String> job) {
    jobs.put(job.id(), job);
    run.put(job);
  }

  void store(Transition<String> transition) {
    run.apply(transition);
    store(transition, jobs);
  }

  private static void store(Transition<String> transition, Map<String, Job<String>> jobs) {
    jobs.put(transition.job().id(), transition.job());
    transition.kicked().forEach(kicked -> jobs.put(kicked.id(), kicked));
  }

  Encoded<String> encode(Transition<String> transition, int bytes) {
    return file == null ? new Encoded<>(transition, new byte[bytes]) : file.encode(transition);
  }

  void begin() {
    if (file != null) {
      Pair.same("a run on an empty disk", file.open().isPresent(), false);
      file.serializer().begin(run);
    }
  }

  /// Notes the starts, and writes the batch.
  Written write(List<Result<String>> batch, List<Job<String>> started) {
    if (file == null) {
      return Written.YES;
    }
    try {
      file.serializer().commit(batch.stream().map(Result::encoded).toList(), started);
      return Written.YES;
    } catch (DiskFullException noRoom) {
      return Written.NO_ROOM;
    } catch (RunFileException failed) {
      close();
    } catch (Error ended) {
      requireEnd(ended);
    }
    return Written.PROCESS_ENDED;
  }

  private static void requireEnd(Error thrown) {
    if (!SimRunFile.isEnd(thrown)) {
      throw thrown;
    }
  }

  /// Something will go wrong with the disk, or has stopped to do so.
  void trouble(Consumer<SimRunFile<String, String>> trouble) {
    if (file != null) {
      isCalm = false;
      trouble.accept(file);
    }
  }

  private void close() {
    try {
      file.serializer().close();
    } catch (RunFileException failed) {
      // What it held is to be found all the same.
    } catch (Error ended) {
      requireEnd(ended);
    }
  }

  /// The process ends, perhaps in order, and another goes on with what it finds.
  ///
  /// @param inDoubt what was being written
  /// @param ended is told if that is in the file
  void restart(ReferenceModel model, List<Result<String>> inDoubt, Runnable ended) {
    if (file == null) {
      run = workflow.run("replay", "overall");
      model.inDoubt().forEach((id, crashes) -> inDoubt(id, crashes));
      jobs.values().forEach(run::put);
      return;
    }
    boolean isSure = isCalm;
    if (inDoubt.isEmpty() && fate.nextInt(3) == 0) {
      close();
      model.closed(isSure);
    }
    boolean mayFail = true;
    while (true) {
      boolean powerCut = fate.nextInt(3) == 0;
      isSure = isSure && !powerCut;
      file.endProcess(powerCut);
      try {
        Run<String, String> found = file.open().orElseThrow(() -> new AssertionError("no run"));
        boolean isIn = holds(found, inDoubt);
        file.serializer().begin(found);
        if (isIn) {
          ended.run();
        }
        adopt(found, model, isSure);
        return;
      } catch (RunFileException failed) {
        if (!mayFail) {
          throw failed;
        }
        close();
      } catch (Error end) {
        requireEnd(end);
      }
      file.heal();
      isSure = false;
      mayFail = fate.nextInt(3) == 0;
      if (mayFail) {
        file.failSoon();
      }
    }
  }

  private void inDoubt(String id, int crashes) {
    jobs.computeIfPresent(id, (same, job) -> job.copy().inDoubt(true).crashes(crashes).build());
  }

  /// The run is closed in order, changed, and begun again.
  ///
  /// @param edit what happens to the file
  /// @param change what the program does with the run
  void changeAtRest(ReferenceModel model, Runnable edit, Consumer<Run<String, String>> change) {
    file.heal();
    close();
    model.closed(isCalm);
    edit.run();
    file.endProcess(false);
    Run<String, String> found = file.open().orElseThrow(() -> new AssertionError("no run"));
    holds(found, List.of());
    change.accept(found);
    file.serializer().begin(found);
    adopt(found, model, isCalm);
  }

  /// Another program gives all lines of a job another state.
  void edit(Job<String> sent) {
    file.edit(sent.id(), sent.state());
    jobs.put(sent.id(), sent);
  }

  private void adopt(Run<String, String> found, ReferenceModel model, boolean isSure) {
    jobs.clear();
    run = found;
    for (Job<String> job : found.jobs()) {
      jobs.put(job.id(), job);
      if (!model.mayHaveCrashed(job.id(), job.crashes(), isSure)) {
        throw new AssertionError(
            "job %s was running in %d crashes, says the file; the model %s %s"
                .formatted(
                    job.id(), job.crashes(), isSure ? "is sure of" : "knows of", model.inDoubt()));
      }
      Pair.same("in doubt", job.inDoubt(), job.crashes() > 0);
    }
    isCalm = true;
  }

  /// Whether what was in doubt is in it too; what was acknowledged must be.
  private boolean holds(Run<String, String> found, List<Result<String>> inDoubt) {
    String standing = standing(found.jobs());
    if (standing.equals(standing(jobs.values()))) {
      return false;
    }
    Map<String, Job<String>> with = new LinkedHashMap<>(jobs);
    inDoubt.forEach(result -> store(result.encoded().transition(), with));
    if (!standing.equals(standing(with.values()))) {
      throw new AssertionError(
          "the file holds"
              + standing
              + "\nacknowledged is"
              + standing(jobs.values())
              + "\nin doubt are "
              + inDoubt.stream().map(each -> each.entry().job.id()).toList()
              + "\n"
              + file.lastCalls());
    }
    return true;
  }

  private static String standing(Collection<Job<String>> jobs) {
    StringBuilder text = new StringBuilder();
    for (Job<String> job : jobs) {
      text.append("\n  ").append(job.id()).append(" v").append(job.version());
      text.append(' ').append(job.state()).append(' ').append(job.context());
      text.append(" kicks ").append(job.kicks());
      text.append(" attempt ").append(job.attempt()).append(" due ").append(job.due());
      // Whoever is in a state that is not there is parked by the one who reads it.
      boolean isLost = job.state().equals(Scenario.UNKNOWN);
      text.append(" parked ").append(isLost || job.parked().isPresent());
      text.append(" held ").append(job.isHeld()).append(" priority ").append(job.priority());
      text.append(" awaits ").append(job.awaitsKicks()).append(" laps ").append(job.laps());
      text.append(" deadline ").append(job.deadline());
      text.append(' ').append(job.transitionCount());
      text.append(' ').append(job.errorCount());
    }
    return text.toString();
  }
}
