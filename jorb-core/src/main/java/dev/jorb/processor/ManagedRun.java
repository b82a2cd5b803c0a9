package dev.jorb.processor;

import dev.jorb.event.StatusCount;
import dev.jorb.measure.RunMeasures;
import dev.jorb.measure.Spread;
import dev.jorb.measure.StateMeasures;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A run in the JVM's own MBean server, from its start to its end. Thread-safe.
final class ManagedRun implements RunMXBean {
  private static final Logger LOG = LoggerFactory.getLogger(ManagedRun.class);

  private final String run;
  private final RunHandle handle;

  private ManagedRun(String run, RunHandle handle) {
    this.run = run;
    this.handle = handle;
  }

  /// Shows the run until it has ended. If that cannot be done, the run goes on and the log says so.
  static void show(String run, RunHandle handle) {
    try {
      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      ObjectName name = register(server, run, new ManagedRun(run, handle));
      Thread.ofVirtual().name("jorb-jmx " + run).start(() -> takeBack(server, name, handle));
    } catch (JMException | RuntimeException refused) {
      LOG.warn("run \"{}\" cannot be shown by JMX; it goes on", run, refused);
    }
  }

  /// Runs of one name are told apart by a number.
  private static ObjectName register(MBeanServer server, String run, ManagedRun bean)
      throws JMException {
    String base = "dev.jorb:type=Run,name=" + ObjectName.quote(run);
    for (int number = 1; ; number++) {
      ObjectName name = new ObjectName(number == 1 ? base : base + ",number=" + number);
      try {
        server.registerMBean(bean, name);
        return name;
      } catch (InstanceAlreadyExistsException taken) {
        LOG.debug("{} is taken", name, taken);
      }
    }
  }

  private static void takeBack(MBeanServer server, ObjectName name, RunHandle handle) {
    try {
      handle.awaitEnd();
      server.unregisterMBean(name);
    } catch (JMException gone) {
      LOG.debug("{} was taken back by somebody else", name, gone);
    } catch (InterruptedException neverSent) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String getRun() {
    return run;
  }

  @Override
  public double getElapsedSeconds() {
    return handle.measures().elapsed().toNanos() / 1e9;
  }

  @Override
  public long getJobs() {
    return sum(StatusCount::jobs);
  }

  @Override
  public long getEnded() {
    return sum(count -> count.terminal() ? count.completed() : 0);
  }

  @Override
  public long getParked() {
    return sum(StatusCount::parked);
  }

  private long sum(ToLongFunction<StatusCount> figure) {
    return handle.status().stream().mapToLong(figure).sum();
  }

  @Override
  public double getPerSecondNow() {
    return handle.measures().whole().perSecondNow();
  }

  @Override
  public String getLimitedBy() {
    return handle.measures().whole().load().limitedBy().words();
  }

  @Override
  public Map<String, StateFigures> getStates() {
    RunMeasures measures = handle.measures();
    Map<String, StateFigures> states = new LinkedHashMap<>();
    measures.states().forEach(each -> states.put(each.state(), figures(each)));
    return states;
  }

  private static StateFigures figures(StateMeasures state) {
    return new StateFigures(
        state.load().waiting(),
        state.load().executing(),
        state.executions(),
        state.failures(),
        state.perSecond(),
        state.perSecondNow(),
        state.slotUse(),
        state.permitUse(),
        state.load().limitedBy().words(),
        millis(state.times().executing(), 50),
        millis(state.times().executing(), 95),
        millis(state.times().waiting(), 50),
        millis(state.times().waiting(), 95));
  }

  private static double millis(Spread spread, double percent) {
    return spread.at(percent).toNanos() / 1e6;
  }
}
