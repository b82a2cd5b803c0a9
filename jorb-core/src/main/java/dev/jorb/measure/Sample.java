package dev.jorb.measure;

import java.time.Duration;

/// How a state stood at a moment of its run.
///
/// @param at since the start of the run
/// @param waiting jobs that waited for a start
/// @param executing steps that ran
/// @param executions how many had ended by then
/// @param limitedBy what kept it from starting more
public record Sample(
    Duration at, int waiting, int executing, long executions, LimitedBy limitedBy) {}
