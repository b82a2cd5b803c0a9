package dev.jorb.event;

/// A job whose step was running when a process died, and what became of it at the next start.
///
/// @param job the job's id
/// @param state the state whose step it was
/// @param crashes how many processes in a row died while it was running, from 1
/// @param became what was done about it
public record InDoubt(String job, String state, int crashes, Became became) {
  /// What can be done about a job in doubt.
  public enum Became {
    /// Its step runs again.
    RUN_AGAIN,
    /// It was parked until somebody releases it.
    PARKED,
    /// Its work was found done, and it went on.
    DONE,
    /// Its work was found not done; its step runs again.
    NOT_DONE
  }
}
