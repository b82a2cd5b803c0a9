package dev.jorb.serial;

import dev.jorb.run.Transition;
import dev.jorb.serial.Sample.Box;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A run file, what its run was after each of its commits, and where each commit ends.
///
/// @param pictures of the run, oldest first
/// @param ends how many bytes the file had when the run looked like that
record History(byte[] file, List<String> pictures, List<Integer> ends) {
  /// Records random batches until the file has `bytes` bytes.
  static History record(int bytes, boolean closed, long seed) {
    return record(bytes, closed, seed, 0);
  }

  /// @param padding how many characters longer a context is than need be; a file of long lines is
  ///   read faster than one of many
  static History record(int bytes, boolean closed, long seed, int padding) {
    SimDisk disk = new SimDisk(new Random(seed));
    Random random = new Random(seed);
    Recorder recorder = new Recorder(3).open(disk);
    List<String> pictures = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    while (true) {
      pictures.add(Sample.picture(recorder.run()));
      ends.add(disk.content(Sample.PATH).length);
      if (ends.getLast() >= bytes && ends.size() > 1) {
        break;
      }
      recorder.commit(
          Sample.randomBatch(recorder.run(), recorder.clock(), random, 3).stream()
              .map(each -> padded(each, padding))
              .toList());
    }
    if (closed) {
      recorder.close();
    }
    return new History(disk.content(Sample.PATH), pictures, ends);
  }

  private static Transition<Box> padded(Transition<Box> transition, int padding) {
    if (padding == 0) {
      return transition;
    }
    Box box = transition.job().context();
    Box longer = new Box("x".repeat(padding), box.count(), box.notes());
    return new Transition<>(transition.job().copy().context(longer).build(), transition.kicked());
  }

  String last() {
    return pictures.getLast();
  }

  /// Where the last batch begins.
  int beforeLastBatch() {
    return ends.get(ends.size() - 2);
  }

  /// Which picture is the last whose commit ends within the first `size` bytes; -1 if not even the
  /// beginning does.
  int lastWithin(int size) {
    int found = -1;
    while (found + 1 < ends.size() && ends.get(found + 1) <= size) {
      found++;
    }
    return found;
  }
}
