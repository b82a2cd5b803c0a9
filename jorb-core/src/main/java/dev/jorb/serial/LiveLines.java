package dev.jorb.serial;

import dev.jorb.run.Job;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Where in the file the newest line of each job stands, in the order in which the jobs came.
///
/// It takes 16 bytes a job: a reference to the job, which the run holds anyway, an offset and a
/// length. The jobs with which a run begins have their position for an id; all others have one and
/// a half slots more, open addressed by the hash of the id. Not thread-safe.
final class LiveLines {
  private static final int FREE = 0;

  private @Nullable Job<?>[] jobs = new Job<?>[16];
  private long[] offsets = new long[16];
  private int[] lengths = new int[16];
  private int size;
  private long bytes;

  /// How many of the first jobs have their position for an id.
  private int numbered;

  /// The positions of all others, counted from 1.
  private int[] slots = new int[32];

  /// How many jobs it knows.
  int size() {
    return size;
  }

  /// How many bytes their lines have together.
  long bytes() {
    return bytes;
  }

  /// The newest version of the job at `position`, from 0.
  Job<?> job(int position) {
    Job<?> job = jobs[position];
    if (job == null) {
      throw new IndexOutOfBoundsException(position);
    }
    return job;
  }

  /// Where its line begins.
  long offset(int position) {
    return offsets[position];
  }

  /// How long its line is, without the line break.
  int length(int position) {
    return lengths[position];
  }

  /// Takes in a newer version of a job, or a new job.
  void put(Job<?> job, long offset, int length) {
    int position = position(job);
    bytes += length - lengths[position];
    jobs[position] = job;
    offsets[position] = offset;
    lengths[position] = length;
  }

  /// Where the job is, or the place that a new one gets.
  private int position(Job<?> job) {
    int known = find(job);
    if (known >= 0) {
      return known;
    }
    grow();
    jobs[size++] = job;
    if (size == numbered + 1 && job.number().orElse(-1) == numbered) {
      numbered++;
    } else {
      slots[slot(job.id())] = size;
      rehashIfFull();
    }
    return size - 1;
  }

  /// Where the job is; -1 if it is not known.
  private int find(Job<?> job) {
    int number = job.number().orElse(-1);
    return number >= 0 && number < numbered ? number : slots[slot(job.id())] - 1;
  }

  /// The newest version of this job; null if it is not known.
  @Nullable Job<?> newest(Job<?> job) {
    int position = find(job);
    return position < 0 ? null : jobs[position];
  }

  /// As it is now, for reading by position only.
  LiveLines frozen() {
    LiveLines frozen = new LiveLines();
    frozen.jobs = Arrays.copyOf(jobs, size);
    frozen.offsets = Arrays.copyOf(offsets, size);
    frozen.lengths = Arrays.copyOf(lengths, size);
    frozen.size = size;
    frozen.bytes = bytes;
    return frozen;
  }

  /// The file was written anew.
  ///
  /// @param compacted where the lines are now that stood before `from`, of the same jobs in the
  ///   same order
  /// @param shift how far those that stood behind it have moved
  void move(LiveLines compacted, long from, long shift) {
    for (int i = 0; i < size; i++) {
      offsets[i] = offsets[i] >= from ? offsets[i] + shift : compacted.offsets[i];
    }
  }

  private void grow() {
    if (size == jobs.length) {
      int more = Math.addExact(size, Math.max(16, size / 2));
      jobs = Arrays.copyOf(jobs, more);
      offsets = Arrays.copyOf(offsets, more);
      lengths = Arrays.copyOf(lengths, more);
    }
  }

  private int slot(String id) {
    int mask = slots.length - 1;
    int slot = spread(id.hashCode()) & mask;
    while (slots[slot] != FREE && !job(slots[slot] - 1).id().equals(id)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void rehashIfFull() {
    if ((size - numbered) * 4L > slots.length * 3L) {
      slots = new int[slots.length * 2];
      for (int position = numbered; position < size; position++) {
        slots[slot(job(position).id())] = position + 1;
      }
    }
  }

  private static int spread(int hash) {
    int product = hash * 0x9E3779B9;
    return product ^ (product >>> 15);
  }
}
