package dev.jorb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.limit.Concurrency;
import dev.jorb.limit.Feedback;
import dev.jorb.limit.Limit;
import dev.jorb.limit.Rate;
import dev.jorb.measure.LimitedBy;
import dev.jorb.run.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// At most so many jobs between two states, by plain calls.
class GroupsTest {
  private static final Order.Act CANCEL = new Order.Cancel();
  private static final Order.Act PARK = new Order.Park("wait for me");
  private static final Order.Act RELEASE = new Order.Release();

  private final Desk desk = openPullRequests(2);

  private static Desk openPullRequests(int most) {
    return Desk.of(w ->
        w.state("new", s -> s.exec(Desk::step).concurrency(100))
            .state("push", s -> s.exec(Desk::step).concurrency(100))
            .state("watch", s -> s.exec(Desk::step).concurrency(100))
            .state("clean", s -> s.exec(Desk::step).concurrency(100))
            .terminal("merged")
            .group("open pull requests", most, "push", "watch"));
  }

  /// As the above, and at most one call at a time for each host, which is the first letter.
  private static Desk perHost(int most) {
    return Desk.of(w ->
        w.state(
                "push",
                s ->
                    s.exec(Desk::step)
                        .concurrency(100)
                        .limit(Concurrency.of(1))
                        .per(context -> context.charAt("context of ".length())))
            .state("watch", s -> s.exec(Desk::step).concurrency(100))
            .terminal("merged")
            .group("open pull requests", most, "push", "watch"));
  }

  private List<String> change(Order.Act act, String id) {
    assertThat(desk.orders(act, id)).containsExactly("order for " + id);
    desk.carriesOut(id);
    return desk.commits(id);
  }

  private String hold(String state) {
    return desk.count(state).hold();
  }

  @Nested
  class AtMostSoMany {
    @Test
    void areInsideUntilTheyLeaveItsStates() {
      assertThat(desk.enter("new", "a", "b", "c")).containsExactly("a", "b", "c");
      assertThat(desk.finishes("a", "push")).containsExactly("a");
      assertThat(desk.finishes("b", "push")).containsExactly("b");
      assertThat(desk.finishes("c", "push")).isEmpty();
      assertThat(desk.finishes("a", "watch")).containsExactly("a");
      assertThat(desk.finishes("a", "clean")).containsExactlyInAnyOrder("a", "c");
      assertThat(desk.board().isResting()).isFalse();
    }

    @Test
    void areInsideWhileTheyAreDelayedOrTriedAgain() {
      desk.enter("push", "a", "b", "c");
      assertThat(desk.fails("a")).isEmpty();
      assertThat(desk.commits("a")).containsExactly("a");
      desk.returnsAfter("b", "watch", Duration.ofDays(1));
      assertThat(desk.commits("b")).isEmpty();
      assertThat(desk.finishes("a", "merged")).containsExactly("c");
    }

    @Test
    void areInsideUntilItIsDurableThatTheyAreNot() {
      desk.enter("push", "a", "b", "c");
      assertThat(desk.returns("a", "merged")).isEmpty();
      assertThat(desk.commits("a")).containsExactly("c");
    }

    @Test
    void mayBeChanged() {
      desk.enter("push", "a", "b", "c", "d");
      assertThat(desk.setsGroup("open pull requests", 3)).containsExactly("c");
      assertThat(desk.setsGroup("open pull requests", 1)).isEmpty();
      assertThat(desk.finishes("a", "merged")).isEmpty();
      assertThat(desk.finishes("b", "merged")).isEmpty();
      assertThat(desk.finishes("c", "merged")).containsExactly("d");
      assertThatThrownBy(() -> desk.setsGroup("closed", 3))
          .hasMessage("unknown group \"closed\"; known are [open pull requests]");
    }

    @Test
    void mayComeInByAnyOfItsStates() {
      assertThat(desk.enter("watch", "a", "b", "c")).containsExactly("a", "b");
      assertThat(desk.enter("push", "d")).isEmpty();
      assertThat(desk.finishes("a", "merged")).containsExactly("c");
      assertThat(desk.finishes("b", "merged")).containsExactly("d");
    }
  }

  @Nested
  class WhatIsTold {
    @Test
    void namesThreeOfThoseInsideAndCountsTheOthers() {
      Desk three = openPullRequests(3);
      three.enter("push", "a", "b", "c", "d", "e");
      assertThat(three.standing("d").hold()).endsWith("is full: 3 of 3, with a, b, c");

      three.setsGroup("open pull requests", 4);
      assertThat(three.standing("e").hold()).endsWith("is full: 4 of 4, with a, b, c and 1 more");
    }

    @Test
    void ofAStateInWhichNobodyCanComeIn() {
      desk.enter("push", "a", "b");
      assertThat(hold("push")).isEmpty();
      desk.enter("push", "c");

      assertThat(hold("push"))
          .isEqualTo("the group \"open pull requests\" is full: 2 of 2, with a, b");
      assertThat(hold("watch")).isEmpty();
      assertThat(desk.limitedBy("push")).isEqualTo(LimitedBy.GROUP);
      assertThat(desk.limitedBy("watch")).isEqualTo(LimitedBy.NO_WORK);
    }

    @Test
    void ofAJobThatWantsToComeInBesideOneThatIsInside() {
      Desk one =
          Desk.of(w ->
              w.state("push", s -> s.exec(Desk::step))
                  .state("watch", s -> s.exec(Desk::step).concurrency(9))
                  .terminal("merged")
                  .group("open pull requests", 2, "push", "watch"));
      one.enter("push", "a", "b", "c");
      one.finishes("a", "watch");
      assertThat(one.standing("c").hold())
          .isEqualTo("the group \"open pull requests\" is full: 2 of 2, with a, b");
      one.finishes("a", "push");

      assertThat(one.standing("a").limitedBy()).isEqualTo(LimitedBy.SLOTS);
      assertThat(one.standing("c").limitedBy()).isEqualTo(LimitedBy.GROUP);
      assertThat(one.standing("c").before()).containsExactly("a");
      one.finishes("b", "merged");
      assertThat(one.standing("c").limitedBy()).isEqualTo(LimitedBy.SLOTS);
    }

    @Test
    void ofAJobThatNeedsNoPlace() {
      desk.enter("push", "a", "b");
      desk.enter("clean", "c");

      assertThat(desk.standing("c").limitedBy()).isEqualTo(LimitedBy.NO_WORK);
    }
  }

  @Nested
  class BegunWork {
    private final Desk one =
        Desk.of(w ->
            w.state("push", s -> s.exec(Desk::step))
                .state("watch", s -> s.exec(Desk::step).concurrency(9))
                .terminal("merged")
                .group("open pull requests", 2, "push", "watch"));

    @Test
    void goesBeforeWorkThatCameEarlier() {
      assertThat(one.enter("push", "a", "b", "c")).containsExactly("a");
      assertThat(one.finishes("a", "push")).containsExactly("a");
    }

    @Test
    void passesThoseThatCannotComeIn() {
      one.enter("push", "a", "b", "c");
      assertThat(one.finishes("a", "watch")).containsExactlyInAnyOrder("a", "b");
      assertThat(one.finishes("b", "watch")).containsExactly("b");
      assertThat(one.finishes("a", "push")).containsExactly("a");
      assertThat(one.finishes("a", "merged")).containsExactly("c");
    }

    @Test
    void isHeldBackByALimitOnALaterState() {
      Desk slow =
          Desk.of(w ->
              w.state("check out", s -> s.exec(Desk::step).concurrency(100))
                  .state("push", s -> s.exec(Desk::step).concurrency(100).rate(Rate.perHour(1)))
                  .terminal("pushed")
                  .group("work spaces", 3, "check out", "push"));

      assertThat(slow.enter("check out", "a", "b", "c", "d", "e")).containsExactly("a", "b", "c");
      assertThat(slow.finishes("a", "push")).containsExactly("a");
      assertThat(slow.finishes("b", "push")).isEmpty();
      assertThat(slow.finishes("c", "push")).isEmpty();
      assertThat(slow.finishes("a", "pushed")).containsExactly("d");
      assertThat(slow.passes(Duration.ofHours(1))).containsExactly("b");
      assertThat(slow.finishes("b", "pushed")).containsExactly("e");
    }
  }

  @Nested
  class APlace {
    @Test
    void isFreeAgainIfAServiceRefuses() {
      Desk hosts = perHost(1);
      assertThat(hosts.enter("push", "a1", "b1")).containsExactly("a1");
      assertThat(hosts.refuses("a1", Feedback.refused(Duration.ofHours(1).toNanos())))
          .containsExactly("b1");
      assertThat(hosts.passes(Duration.ofHours(2))).isEmpty();
      assertThat(hosts.finishes("b1", "merged")).containsExactly("a1");
    }

    @Test
    void isKeptIfAServiceRefusesALaterStep() {
      desk.enter("push", "a", "b", "c");
      desk.finishes("a", "watch");
      assertThat(desk.refuses("a", Feedback.refused(Duration.ofHours(1).toNanos()))).isEmpty();
      assertThat(desk.passes(Duration.ofHours(1))).containsExactly("a");
    }

    @Test
    void isFreeAgainIfTheStepNeverBegan() {
      desk.enter("push", "a", "b", "c");
      assertThat(desk.withdraws("b")).containsExactly("b");
      assertThat(desk.finishes("a", "merged")).containsExactly("c");
    }

    @Test
    void isFreeWhenItsJobIsCancelled() {
      desk.enter("push", "a", "b", "c", "d");
      desk.returnsAfter("a", "watch", Duration.ofDays(1));
      desk.commits("a");
      assertThat(change(CANCEL, "a")).containsExactly("c");
      change(CANCEL, "d");
      assertThat(desk.finishes("b", "merged")).isEmpty();
    }

    @Test
    void isKeptByAJobThatIsParkedAndTheRunRestsThen() {
      desk.enter("push", "a", "b", "c");
      desk.returnsParked("a");
      desk.commits("a");
      assertThat(desk.board().isResting()).isFalse();
      desk.returnsParked("b");
      assertThat(desk.commits("b")).isEmpty();
      assertThat(desk.board().isResting()).isTrue();
      assertThat(hold("push"))
          .isEqualTo("the group \"open pull requests\" is full: 2 of 2, with a, b");
      assertThat(change(RELEASE, "b")).containsExactly("b");
      assertThat(desk.board().isResting()).isFalse();
    }

    @Test
    void isNotTakenByAJobThatIsParkedBeforeItComesIn() {
      desk.enter("push", "a", "b", "c");
      change(PARK, "c");
      assertThat(desk.finishes("a", "merged")).isEmpty();
      assertThat(desk.finishes("b", "merged")).isEmpty();
      assertThat(desk.board().isResting()).isTrue();
      assertThat(change(RELEASE, "c")).containsExactly("c");
    }

    @Test
    void isTakenByEachKickForItself() {
      desk.enter("push", "a");
      assertThat(desk.finishes("a", "watch", "push", "push")).containsExactly("a", "a->0");
      assertThat(desk.finishes("a", "merged")).containsExactly("a->1");
    }

    @Test
    void isKeptWhileItsJobWaitsForKicksThatCannotComeInAndTheRunRestsThen() {
      Desk alone = openPullRequests(1);
      alone.enter("push", "a");
      alone.returnsToJoin("a", "watch", "push");
      assertThat(alone.commits("a")).isEmpty();
      assertThat(alone.board().isResting()).isTrue();
    }

    @Test
    void isKeptByAJobThatEndsInAStateWhichIsSwitchedOff() {
      Desk switchedOff =
          Desk.of(w ->
              w.state("push", s -> s.exec(Desk::step).concurrency(9))
                  .state("watch", s -> s.exec(Desk::step).terminal(true))
                  .terminal("merged")
                  .group("open pull requests", 1, "push", "watch"));
      switchedOff.enter("push", "a", "b");

      assertThat(switchedOff.finishes("a", "watch")).isEmpty();
      assertThat(switchedOff.board().isResting()).isTrue();
      assertThat(switchedOff.setsGroup("open pull requests", 2)).containsExactly("b");
    }

    @Test
    void isKeptByAJobWhoseResultCannotBeRecorded() {
      desk.enter("push", "a", "b", "c");
      assertThat(desk.cannotRecord("a")).isEmpty();
    }
  }

  @Nested
  class Keys {
    @Test
    void whoseJobsAreInsideGoBeforeThoseOfWhichNoneIs() {
      Desk hosts = perHost(2);
      assertThat(hosts.enter("push", "a1", "b1", "a2", "c1")).containsExactly("a1", "b1");

      assertThat(hosts.finishes("a1", "push")).containsExactly("a1");
      assertThat(hosts.finishes("b1", "merged")).containsExactly("c1");
      assertThat(hosts.finishes("a1", "merged")).containsExactly("a2");
    }

    @Test
    void whoseJobsHaveLeftOutOfTurnComeAgain() {
      Desk hosts = perHost(1);
      hosts.enter("push", "a1", "b1", "c1");
      hosts.orders(CANCEL, "b1");
      hosts.carriesOut("b1");
      hosts.commits("b1");

      assertThat(hosts.finishes("a1", "merged")).containsExactly("c1");
      assertThat(hosts.enter("push", "b2")).isEmpty();
      assertThat(hosts.finishes("c1", "merged")).containsExactly("b2");
    }

    @Test
    void whoseTurnItIsDoNotHoldUpOthers() {
      Desk hosts = perHost(3);
      assertThat(hosts.enter("push", "a1", "a2", "a3", "b1", "c1", "d1"))
          .containsExactly("a1", "b1", "c1");
      assertThat(hosts.finishes("c1", "watch")).containsExactly("c1");
      assertThat(hosts.finishes("b1", "merged")).containsExactly("d1");
      assertThat(hosts.finishes("c1", "push")).containsExactly("c1");
      assertThat(hosts.finishes("a1", "merged")).containsExactly("a2");
      assertThat(hosts.finishes("d1", "merged")).isEmpty();
      assertThat(hosts.finishes("a2", "merged")).containsExactly("a3");
    }
  }

  @Nested
  class ANewStart {
    private Message.Arrival<String> arrival(Job.Builder<String> job) {
      return Desk.arrival(job.build(), Duration.ZERO);
    }

    private Job.Builder<String> cameFrom(String from, String id, String state) {
      return Desk.job(id, state).copy().transition(from, state, Instant.EPOCH, Duration.ZERO);
    }

    @Test
    void countsThoseThatWereInside() {
      List<Message.Arrival<String>> jobs =
          List.of(
              arrival(cameFrom("new", "a", "push")),
              arrival(cameFrom("push", "b", "watch")),
              arrival(cameFrom("watch", "c", "watch").parked("needs a person")),
              arrival(cameFrom("new", "d", "push")));

      assertThat(desk.enterJobs(jobs)).containsExactly("b");
      assertThat(desk.finishes("b", "merged")).containsExactly("a");
    }

    @Test
    void countsThoseWhoseFirstStepIsInDoubt() {
      assertThat(
              desk.enterJobs(
                  List.of(
                      arrival(cameFrom("new", "a", "push")),
                      arrival(cameFrom("new", "b", "push").inDoubt(true).crashes(1)),
                      arrival(cameFrom("new", "c", "push")))))
          .containsExactly("b", "a");
    }

    @Test
    void letsNobodyInWhileMoreAreInsideThanMayBe() {
      Desk one = openPullRequests(1);
      one.enterJobs(
          List.of(
              arrival(cameFrom("push", "a", "watch")),
              arrival(cameFrom("push", "b", "watch")),
              arrival(cameFrom("new", "c", "push"))));

      assertThat(one.finishes("a", "merged")).isEmpty();
      assertThat(one.finishes("b", "merged")).containsExactly("c");
    }
  }

  /// Whatever happens, in any order.
  @Tag("slow")
  @ParameterizedTest
  @EnumSource
  void neverHaveMoreInsideThanTheyMayAndLoseNobody(Limits limits) {
    for (long seed = 1; seed <= 200; seed++) {
      new Play(seed, limits).play();
    }
  }

  /// What limits the states besides the group.
  private enum Limits {
    NONE,
    PER_KEY,
    SHARED;

    Desk desk(int most) {
      return switch (this) {
        case NONE -> openPullRequests(most);
        case PER_KEY -> perHost(most);
        case SHARED -> sharing(most);
      };
    }

    private static Desk sharing(int most) {
      Limit shared = Concurrency.of(2);
      return Desk.of(w ->
          w.state("push", s -> s.exec(Desk::step).concurrency(100).limit(shared))
              .state("watch", s -> s.exec(Desk::step).concurrency(100).limit(shared))
              .terminal("merged")
              .group("open pull requests", most, "push", "watch"));
    }
  }

  /// A random history, and who is inside by what was seen to start and to be recorded.
  private static final class Play {
    private final long seed;
    private final SplittableRandom random;
    private final int most;
    private final Desk desk;
    private final Set<String> inside = new LinkedHashSet<>();
    private final Set<String> entered = new LinkedHashSet<>();
    private final List<String> running = new ArrayList<>();
    private final List<String> orders = new ArrayList<>();

    Play(long seed, Limits limits) {
      this.seed = seed;
      this.random = new SplittableRandom(seed);
      this.most = 1 + random.nextInt(4);
      this.desk = limits.desk(most);
    }

    void play() {
      String[] ids =
          IntStream.range(0, 20)
              .mapToObj(i -> (char) ('a' + random.nextInt(3)) + "" + i)
              .toArray(String[]::new);
      saw(desk.enter("push", ids));
      for (int i = 0; i < 300; i++) {
        step(ids);
      }
      do {
        while (!running.isEmpty() || !orders.isEmpty()) {
          if (orders.isEmpty()) {
            ends(running.getFirst(), "merged");
          } else {
            carriesOut();
          }
        }
        for (String id : ids) {
          if (desk.recorded(id).parked().isPresent()) {
            saw(desk.orders(RELEASE, id));
          }
        }
        saw(desk.passes(Duration.ofSeconds(1))); // What a service closed opens.
      } while (!running.isEmpty() || !orders.isEmpty());
      assertThat(ids)
          .as(() -> "seed " + seed + " " + desk.board().status(nanos -> nanos + ""))
          .allMatch(this::isAtItsEnd);
    }

    private boolean isAtItsEnd(String id) {
      return Set.of("merged", Job.CANCELLED).contains(desk.recorded(id).state());
    }

    private void step(String[] ids) {
      String any = ids[random.nextInt(ids.length)];
      String one = running.isEmpty() ? null : running.get(random.nextInt(running.size()));
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> {
          if (one != null) {
            ends(one, List.of("push", "watch", "merged").get(random.nextInt(3)));
          }
        }
        case 3 -> {
          if (one != null) {
            handBack(one);
            saw(desk.withdraws(one));
          }
        }
        case 4 -> {
          if (one != null) {
            handBack(one);
            saw(desk.refuses(one, Feedback.refused(1 + random.nextInt(1_000))));
          }
        }
        case 5 -> saw(desk.passes(Duration.ofMillis(random.nextInt(2_000))));
        case 6 -> {
          if (!isAtItsEnd(any)) {
            var acts = List.of(PARK, PARK, RELEASE, RELEASE, RELEASE, CANCEL);
            saw(desk.orders(acts.get(random.nextInt(acts.size())), any));
          }
        }
        default -> {
          if (!orders.isEmpty()) {
            carriesOut();
          }
        }
      }
    }

    private void ends(String id, String to) {
      running.remove(id);
      if (to.equals("merged")) {
        inside.remove(id);
      }
      saw(desk.finishes(id, to));
      // A closed state opens, and a probe lets the others follow.
      saw(desk.passes(Duration.ofSeconds(1)));
    }

    private void handBack(String id) {
      running.remove(id);
      if (entered.contains(id)) {
        inside.remove(id);
      }
    }

    private void carriesOut() {
      String id = orders.remove(random.nextInt(orders.size()));
      if (desk.isChange(id)) {
        saw(desk.carriesOut(id));
        if (desk.returned(id).state().equals(Job.CANCELLED)) {
          inside.remove(id);
        }
        saw(desk.commits(id));
      } else {
        saw(desk.leavesUnchanged(id, Duration.ZERO));
      }
    }

    private void saw(List<String> starts) {
      for (String start : starts) {
        if (start.startsWith("order for ")) {
          orders.add(start.substring("order for ".length()));
          continue;
        }
        running.add(start);
        entered.remove(start);
        if (inside.add(start)) {
          entered.add(start);
        }
      }
      assertThat(inside).as("seed " + seed).hasSizeLessThanOrEqualTo(most);
    }
  }
}
