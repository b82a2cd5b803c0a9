package dev.jorb.engine;

import dev.jorb.serial.Serializer.Encoded;
import java.time.Duration;

/// What came of one execution, decided and encoded: ready to be recorded.
///
/// @param entry the job that was executed
/// @param encoded its transition
/// @param delay how long the job waits after it, counted from when the board hears of it; zero for
///   not
/// @param <J> the job context
record Result<J>(Entry<J> entry, Encoded<J> encoded, Duration delay) {}
