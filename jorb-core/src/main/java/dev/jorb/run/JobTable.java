package dev.jorb.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Jobs by id, in the order in which they came. Not thread-safe: [Run] guards it.
///
/// Ten million jobs are in it, so it costs about 5 bytes a job where a `LinkedHashMap` costs 48:
/// one array of jobs in their order. The jobs with which a run begins have their position for an
/// id. For all others there is an array of positions, open addressed by the hash of the id.
final class JobTable<J> {
  private static final int FREE = 0;

  private @Nullable Job<J>[] jobs = newArray(16);
  private int size;

  /// How many of the first jobs have their position for an id.
  private int numbered;

  /// The positions of all others, counted from 1.
  private int[] slots = new int[32];

  int size() {
    return size;
  }

  @Nullable Job<J> get(String id) {
    int number = Ids.number(id).orElse(-1);
    int position = number >= 0 && number < numbered ? number : slots[slot(id)] - 1;
    return position < 0 ? null : jobs[position];
  }

  void put(Job<J> job) {
    if (isAt(job, job.position)) {
      jobs[job.position] = job;
      return;
    }
    int number = job.number().orElse(-1);
    if (number >= 0 && number < numbered) {
      replace(number, job);
      return;
    }
    int slot = slot(job.id());
    if (slots[slot] != FREE) {
      replace(slots[slot] - 1, job);
      return;
    }
    append(job);
    if (number == numbered && size == numbered + 1) {
      numbered++;
      return;
    }
    slots[slot] = size;
    if ((size - numbered) * 4L > slots.length * 3L) {
      rehash();
    }
  }

  private void replace(int position, Job<J> job) {
    job.position = position;
    jobs[position] = job;
  }

  private void append(Job<J> job) {
    if (size == jobs.length) {
      jobs = Arrays.copyOf(jobs, Math.max(size + 1, (int) Math.min(size * 3L / 2, Run.MAX_JOBS)));
    }
    job.position = size;
    jobs[size++] = job;
  }

  private boolean isAt(Job<J> job, int position) {
    Job<J> there = position < size ? jobs[position] : null;
    return there != null && there.isSameAs(job);
  }

  List<Job<J>> copy() {
    @SuppressWarnings("NullAway") // The first `size` elements are jobs.
    List<Job<J>> copy = new ArrayList<>(Arrays.asList(Arrays.copyOf(jobs, size)));
    return Collections.unmodifiableList(copy);
  }

  /// The slot that holds `id`, or the free one where it belongs.
  private int slot(String id) {
    int mask = slots.length - 1;
    int slot = spread(id.hashCode()) & mask;
    while (slots[slot] != FREE && !idAt(slots[slot]).equals(id)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  @SuppressWarnings("NullAway") // A taken slot points at a job.
  private String idAt(int position) {
    return jobs[position - 1].id();
  }

  private void rehash() {
    slots = new int[slots.length * 2];
    for (int position = numbered + 1; position <= size; position++) {
      slots[slot(idAt(position))] = position;
    }
  }

  /// Spreads neighbours such as "17" and "18", whose hashes are neighbours too: the finalizer of
  /// MurmurHash3 (Austin Appleby, public domain), in which every input bit changes half of the
  /// output bits.
  private static int spread(int hash) {
    int mixed = (hash ^ (hash >>> 16)) * 0x85EBCA6B;
    mixed = (mixed ^ (mixed >>> 13)) * 0xC2B2AE35;
    return mixed ^ (mixed >>> 16);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static <J> @Nullable Job<J>[] newArray(int length) {
    return (@Nullable Job<J>[]) new Job[length];
  }
}
