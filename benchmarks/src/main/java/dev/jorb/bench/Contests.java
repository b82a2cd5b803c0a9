package dev.jorb.bench;

import dev.jorb.bench.Contest.Manner;
import dev.jorb.bench.Contest.Rule;
import dev.jorb.bench.Contest.Tenant;
import dev.jorb.limit.AdaptiveConcurrency;
import dev.jorb.limit.Aimd;
import dev.jorb.limit.Concurrency;
import dev.jorb.limit.LearnedRate;
import dev.jorb.limit.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The simulated services of the scoreboard, and the rules that call them.
final class Contests {
  /// What each service takes per second, where nothing else is said.
  private static final double CAPACITY = 100;

  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);
  private static final int CONCURRENCY = 64;
  private static final int MOST_AT_A_TIME = 64;

  private Contests() {}

  /// Services that refuse.
  static List<Contest> rates() {
    List<Tenant> one = List.of(Tenant.of("a", CONCURRENCY));
    return List.of(
        new Contest(
            "token bucket",
            () -> SimulatedService.tokenBucket(now -> CAPACITY, CAPACITY, true),
            second -> CAPACITY,
            TEN_MINUTES,
            List.of(),
            one,
            true),
        new Contest(
            "sliding window",
            () -> SimulatedService.slidingWindow(1_000, Duration.ofSeconds(10), true),
            second -> CAPACITY,
            TEN_MINUTES,
            List.of(),
            one,
            true),
        new Contest(
            "hourly quota with reset header",
            () -> SimulatedService.quota(36_000, Duration.ofHours(1)),
            second -> 10,
            Duration.ofHours(8),
            List.of(),
            one,
            true),
        new Contest(
            "refusal without a header",
            () -> SimulatedService.tokenBucket(now -> CAPACITY, CAPACITY, false),
            second -> CAPACITY,
            TEN_MINUTES,
            List.of(),
            one,
            false),
        new Contest(
            "sliding window without a header",
            () -> SimulatedService.slidingWindow(1_000, Duration.ofSeconds(10), false),
            second -> CAPACITY,
            TEN_MINUTES,
            List.of(),
            one,
            false),
        new Contest(
            "drops to a fifth and comes back",
            () ->
                SimulatedService.tokenBucket(
                    now -> dropped(now / SimulatedService.SECOND), CAPACITY / 5, false),
            Contests::dropped,
            Duration.ofMinutes(20),
            List.of(400, 800),
            one,
            false),
        new Contest(
            "two tenants share one limit",
            () -> SimulatedService.tokenBucket(now -> CAPACITY, CAPACITY, false),
            second -> CAPACITY,
            TEN_MINUTES,
            List.of(),
            List.of(
                Tenant.of("a", CONCURRENCY),
                Tenant.of("b", CONCURRENCY).after(Duration.ofMinutes(1))),
            false));
  }

  private static double dropped(long second) {
    return second >= 400 && second < 800 ? CAPACITY / 5 : CAPACITY;
  }

  /// 10,000 keys of which the first is used most: the n-th by a part of its jobs that falls with n.
  static Contest keys() {
    double perKey = 2;
    Map<String, Integer> jobs = new LinkedHashMap<>();
    double capacity = 0;
    for (int i = 1; i <= 10_000; i++) {
      int count = Math.max(1, 1_000 / i);
      jobs.put("key" + i, count);
      capacity += Math.min(perKey, count / 20.1);
    }
    double all = capacity;
    return new Contest(
        "10,000 keys with skewed use",
        () -> SimulatedService.bucketPerKey(perKey, perKey),
        second -> all,
        TEN_MINUTES,
        List.of(),
        List.of(new Tenant("a", 256, jobs, Duration.ofSeconds(20), Duration.ZERO)),
        false);
  }

  /// Services that never refuse, but do less when too much is asked of them.
  static List<Contest> concurrencies() {
    List<Tenant> one = List.of(Tenant.of("a", MOST_AT_A_TIME));
    return List.of(
        new Contest(
            "latency grows with load",
            () -> SimulatedService.workers(10, 0.04, 0),
            second -> 500,
            TEN_MINUTES,
            List.of(),
            one,
            false),
        new Contest(
            "mixed job sizes",
            () -> SimulatedService.workers(10, 0.04, 0.05),
            second -> 500 / 5.95,
            Duration.ofMinutes(60),
            List.of(),
            one,
            false));
  }

  /// The rules for services that refuse. The best fixed rate is found by trying.
  static List<Rule> rateRules(Contest contest, boolean perKey) {
    double capacity = contest.capacity().applyAsDouble(0);
    return List.of(
        new Rule("no limiter", () -> null, false, Manner.DEAF),
        bestFixed(contest, capacity),
        new Rule("Go rule", () -> Aimd.of(10, 1, 1_000), false, Manner.COUNTS),
        new Rule("ours", () -> LearnedRate.between(1, 1_000).startAt(10), perKey, Manner.HEEDS));
  }

  private static Rule bestFixed(Contest contest, double capacity) {
    List<Rule> tries = new ArrayList<>();
    int tenants = contest.tenants().size();
    for (int percent = 50; percent <= 120; percent += 5) {
      int perHour = (int) (capacity * 36 * percent / tenants);
      tries.add(
          new Rule(
              String.format(Locale.ROOT, "fixed %.1f/s", perHour / 3_600.0),
              () -> Rate.perHour(perHour),
              false,
              Manner.DEAF));
    }
    return best(contest, tries);
  }

  /// The rules for services that never refuse. The best fixed concurrency is found by trying all.
  static List<Rule> concurrencyRules(Contest contest) {
    List<Rule> tries = new ArrayList<>();
    for (int n = 1; n <= MOST_AT_A_TIME; n += n < 20 ? 1 : 4) {
      int most = n;
      tries.add(new Rule("fixed " + n, () -> Concurrency.of(most), false, Manner.DEAF));
    }
    return List.of(
        new Rule("no limiter", () -> null, false, Manner.DEAF),
        best(contest, tries),
        new Rule("Go rule", () -> Aimd.of(10, 1, 1_000), false, Manner.COUNTS),
        new Rule(
            "ours", () -> AdaptiveConcurrency.between(1, MOST_AT_A_TIME), false, Manner.HEEDS));
  }

  /// The one with the most useful calls; of those with as many the one that is refused least.
  private static Rule best(Contest contest, List<Rule> tries) {
    return tries.stream()
        .map(rule -> Map.entry(rule, contest.play(rule)))
        .max(
            Comparator.comparingDouble(
                each -> each.getValue().calls() * (1 - each.getValue().refusedPart())))
        .orElseThrow()
        .getKey();
  }
}
