package dev.jorb.bench;

import dev.jorb.engine.VirtualRun;
import dev.jorb.engine.VirtualRun.Reply;
import dev.jorb.limit.Feedback;
import dev.jorb.limit.Limit;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.LongToDoubleFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One simulated service, and what its clients get out of it under one rule or another.
///
/// @param name of the service
/// @param service makes it anew
/// @param capacity what it takes per second, at each second
/// @param length how long it is called
/// @param changes at which seconds its capacity changes
/// @param tenants who calls it, each with a limit of its own
/// @param hints whether it says how long to wait
record Contest(
    String name,
    Supplier<SimulatedService> service,
    LongToDoubleFunction capacity,
    Duration length,
    List<Integer> changes,
    List<Tenant> tenants,
    boolean hints) {
  private static final int SMOOTH_SECONDS = 5;

  /// Somebody who calls.
  ///
  /// @param name of the tenant
  /// @param concurrency how many calls at a time
  /// @param jobs how many jobs for each key
  /// @param think how long a job waits between two calls
  /// @param after when it begins
  record Tenant(
      String name, int concurrency, Map<String, Integer> jobs, Duration think, Duration after) {
    static Tenant of(String name, int concurrency) {
      return new Tenant(
          name, concurrency, Map.of("", 4 * concurrency), Duration.ZERO, Duration.ZERO);
    }

    Tenant after(Duration time) {
      return new Tenant(name, concurrency, jobs, think, time);
    }
  }

  /// A rule to call by.
  ///
  /// @param name of the rule
  /// @param limit makes a limit for a tenant; null for none
  /// @param perKey whether it is kept per key
  /// @param manner what it makes of refusals
  record Rule(
      String name, Supplier<? extends @Nullable Limit> limit, boolean perKey, Manner manner) {}

  /// What a client makes of refusals.
  enum Manner {
    /// Its limit is not told of them.
    DEAF,
    /// Its limit is told that there was one, and the attempt is recorded: the Go version.
    COUNTS,
    /// The job is handed back, and all that the service says is heeded.
    HEEDS
  }

  /// What came of it.
  ///
  /// @param useful useful calls of each second
  /// @param refused refused calls of each second
  /// @param perTenant useful calls in the last quarter, by tenant and key
  record Score(Contest contest, String rule, int[] useful, int[] refused, List<Double> perTenant) {
    /// Useful calls in the last quarter, as a part of what the service takes.
    double steady() {
      return share(useful.length * 3 / 4);
    }

    /// Useful calls, as a part of what the service takes.
    double whole() {
      return share(0);
    }

    private double share(int from) {
      double capacity = 0;
      long done = 0;
      for (int i = from; i < useful.length; i++) {
        capacity += contest.capacity.applyAsDouble(i);
        done += useful[i];
      }
      return done / capacity;
    }

    /// Calls that were useful.
    long calls() {
      return sum(useful, 0);
    }

    /// Refused calls as a part of all.
    double refusedPart() {
      long no = sum(refused, 0);
      return no == 0 ? 0 : (double) no / (no + calls());
    }

    private static long sum(int[] counts, int from) {
      long sum = 0;
      for (int i = from; i < counts.length; i++) {
        sum += counts[i];
      }
      return sum;
    }

    /// Seconds from this one until 90 % of the capacity is used, over five seconds; NaN if never.
    double secondsUntilUsed(int from) {
      for (int i = from + SMOOTH_SECONDS; i <= useful.length; i++) {
        double done = 0;
        double capacity = 0;
        for (int j = i - SMOOTH_SECONDS; j < i; j++) {
          done += useful[j];
          capacity += contest.capacity.applyAsDouble(j);
        }
        if (done >= 0.9 * capacity) {
          return i - from;
        }
      }
      return Double.NaN;
    }

    /// The longest time that it took after a change.
    double recovery() {
      double longest = 0;
      for (int change : contest.changes) {
        longest = Math.max(longest, secondsUntilUsed(change));
      }
      return longest;
    }

    /// Jain's index of fairness: 1 if all get the same, 1/n if one of n gets everything.
    double fairness() {
      double sum = 0;
      double squares = 0;
      for (double each : perTenant) {
        sum += each;
        squares += each * each;
      }
      return squares == 0 ? 1 : sum * sum / (perTenant.size() * squares);
    }
  }

  /// Calls the service by this rule.
  Score play(Rule rule) {
    int seconds = (int) length.toSeconds();
    int[] useful = new int[seconds + 3_600];
    int[] refused = new int[seconds + 3_600];
    TreeMap<String, Double> perTenant = new TreeMap<>();
    SimulatedService simulated = service.get();
    VirtualRun.Service counted =
        (state, key, now) -> {
          SimulatedService.Answer answer = simulated.call(state, key, now);
          int second = (int) ((now + answer.latencyNanos()) / SimulatedService.SECOND);
          if (second < useful.length) {
            (answer.accepted() ? useful : refused)[second]++;
          }
          if (answer.accepted() && second >= seconds * 3 / 4 && second < seconds) {
            perTenant.merge(state + " " + key, 1.0, Double::sum);
          }
          return reply(rule, tenant(state), answer);
        };
    SplittableRandom random = new SplittableRandom(5);
    VirtualRun run = new VirtualRun(workflow(rule), counted);
    for (Tenant tenant : tenants) {
      tenant.jobs.forEach((key, count) -> {
        for (int i = 0; i < count; i++) {
          long delay = random.nextLong(tenant.think.toNanos() + 1);
          run.job(tenant.name, key, tenant.after.plusNanos(delay));
        }
      });
    }
    run.run(length);
    return new Score(
        this,
        rule.name,
        Arrays.copyOf(useful, seconds),
        Arrays.copyOf(refused, seconds),
        new ArrayList<>(perTenant.values()));
  }

  private Tenant tenant(String name) {
    return tenants.stream().filter(each -> each.name.equals(name)).findFirst().orElseThrow();
  }

  private static Reply reply(Rule rule, Tenant tenant, SimulatedService.Answer answer) {
    long think = tenant.think.toNanos();
    long latency = answer.latencyNanos();
    boolean heeds = rule.manner == Manner.HEEDS;
    if (answer.accepted()) {
      Feedback success = Feedback.SUCCEEDED.quota(heeds ? answer.quota() : null);
      return new Reply(latency, success, false, think);
    }
    Feedback refusal = rule.manner == Manner.DEAF ? Feedback.FAILED : Feedback.REFUSED;
    return heeds && answer.retryNanos() >= 0
        ? new Reply(latency, Feedback.refused(answer.retryNanos()), true, 0)
        : new Reply(latency, refusal, heeds, 0);
  }

  private Workflow<Object, String, String> workflow(Rule rule) {
    var workflow = Workflow.named("calls", Object.class, String.class, String.class);
    for (Tenant tenant : tenants) {
      workflow.state(
          tenant.name,
          s -> {
            s.exec((app, overall, key) -> Outcome.stay(key)).concurrency(tenant.concurrency);
            Limit limit = rule.limit.get();
            if (limit != null) {
              s.limit(limit);
              if (rule.perKey) {
                s.per(key -> key);
              }
            }
          });
    }
    return workflow.terminal("done").build();
  }
}
