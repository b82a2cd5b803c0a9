package dev.jorb.measure;

/// How much of what limits a state is in use.
///
/// @param concurrency the steps that may run at a time
/// @param startsPerSecond the starts that its rate allows in the long run; 0 if it has none
/// @param waiting jobs that wait for a start
/// @param executing steps that run
/// @param started steps that have started since the start of the run
/// @param slotSeconds for how many seconds slots were taken, all slots together
/// @param limitedBy what keeps it from starting more
public record Load(
    int concurrency,
    double startsPerSecond,
    int waiting,
    int executing,
    long started,
    double slotSeconds,
    LimitedBy limitedBy) {}
