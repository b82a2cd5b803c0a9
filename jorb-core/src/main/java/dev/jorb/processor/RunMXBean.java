package dev.jorb.processor;

import java.util.Map;

/// A run as management tools (JMX) see it, to be read and not to be changed. Asked for by
/// [Processor#jmx()]; its name is `dev.jorb:type=Run,name="the run's name"`.
public interface RunMXBean {
  /// The run's name.
  String getRun();

  /// Seconds since its start, until its end.
  double getElapsedSeconds();

  /// All jobs.
  long getJobs();

  /// Jobs in terminal states.
  long getEnded();

  /// Jobs that need a person.
  long getParked();

  /// Executions per second in about the last ten seconds.
  double getPerSecondNow();

  /// What the state with the longest queue is limited by, in a few words.
  String getLimitedBy();

  /// The states with a step, by their names.
  Map<String, StateFigures> getStates();

  /// How a state stands.
  ///
  /// @param waiting jobs that wait for a start
  /// @param executing steps that run
  /// @param executions executions that have ended since the start, refused ones not counted
  /// @param failures those of them that have failed
  /// @param perSecond executions per second since the start
  /// @param perSecondNow the same in about the last ten seconds
  /// @param slotUse how much of its slots was in use since the start, from 0 to 1
  /// @param permitUse how much of its rate was in use since the start, from 0 to 1
  /// @param limitedBy what it is limited by, in a few words
  /// @param executingMillis how long half of its executions took at most
  /// @param executingMillis95 how long 95 percent of its executions took at most
  /// @param waitingMillis how long half of its jobs waited for a start at most
  /// @param waitingMillis95 how long 95 percent of its jobs waited for a start at most
  record StateFigures(
      int waiting,
      int executing,
      long executions,
      long failures,
      double perSecond,
      double perSecondNow,
      double slotUse,
      double permitUse,
      String limitedBy,
      double executingMillis,
      double executingMillis95,
      double waitingMillis,
      double waitingMillis95) {}
}
