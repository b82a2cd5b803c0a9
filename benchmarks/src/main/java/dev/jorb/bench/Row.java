package dev.jorb.bench;

import java.nio.file.Path;
import java.util.List;

/// Something to measure, in a JVM of its own.
///
/// @param name what `--only` takes
/// @param shortHeap the JVM's heap at [Scale#SHORT], as `-Xmx` takes it
/// @param fullHeap the same at [Scale#FULL]
/// @param method how it is measured
record Row(String name, String shortHeap, String fullHeap, Method method) {
  /// Measures, in an empty directory.
  interface Method {
    List<Figure> measure(Scale scale, Path directory) throws Exception;
  }

  /// The heap at this scale.
  String heap(Scale scale) {
    return scale == Scale.SHORT ? shortHeap : fullHeap;
  }
}
