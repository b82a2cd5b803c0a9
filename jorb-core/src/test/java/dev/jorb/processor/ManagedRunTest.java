package dev.jorb.processor;

import static dev.jorb.processor.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jorb.run.Run;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.Test;

/// Runs as JMX shows them.
class ManagedRunTest {
  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
  private final CountDownLatch go = new CountDownLatch(1);
  private final Workflow<Object, String, Note> workflow =
      Workflow.named("managed", Object.class, String.class, Note.class)
          .state(
              "work",
              s ->
                  s.exec(
                          (app, all, note) -> {
                            Eventually.isOpen(go);
                            return Outcome.to("done", note);
                          })
                      .concurrency(2))
          .terminal("done")
          .build();

  private RunHandle start(String name) {
    Run<String, Note> run =
        workflow.run(name, "").addAll(List.of(new Note(), new Note(), new Note()));
    return Processor.of(workflow, new Object()).jmx().start(run);
  }

  private static ObjectName name(String run) throws Exception {
    return new ObjectName("dev.jorb:type=Run,name=" + ObjectName.quote(run));
  }

  @Test
  void runIsShownWhileItGoesAndNotAfterwards() throws Exception {
    ObjectName name = name("a \"run\", with=signs*?");
    try (RunHandle handle = start("a \"run\", with=signs*?")) {
      eventually("two run", () -> handle.status().getFirst().executing() == 2);
      RunMXBean bean = JMX.newMXBeanProxy(server, name, RunMXBean.class);

      assertThat(bean.getRun()).isEqualTo("a \"run\", with=signs*?");
      assertThat(bean.getJobs()).isEqualTo(3);
      assertThat(bean.getEnded()).isZero();
      assertThat(bean.getLimitedBy()).isEqualTo("its slots");
      assertThat(bean.getElapsedSeconds()).isPositive();
      assertThat(bean.getStates()).containsOnlyKeys("work");
      assertThat(bean.getStates().get("work").executing()).isEqualTo(2);
      assertThat(bean.getStates().get("work").waiting()).isEqualTo(1);

      go.countDown();
      handle.await();
    }
    eventually("it is gone", () -> !server.isRegistered(name));
  }

  @Test
  void toolWithoutOurClassesCanReadIt() throws Exception {
    try (RunHandle handle = start("open")) {
      eventually("two run", () -> handle.status().getFirst().executing() == 2);
      TabularData states = (TabularData) server.getAttribute(name("open"), "States");
      CompositeData work = (CompositeData) states.get(new Object[] {"work"}).get("value");

      assertThat(work.get("executing")).isEqualTo(2);
      assertThat(server.getMBeanInfo(name("open")).getOperations()).isEmpty();
      assertThat(server.getMBeanInfo(name("open")).getAttributes())
          .allSatisfy(each -> assertThat(each.isWritable()).isFalse());
      go.countDown();
    }
  }

  @Test
  void runsOfOneNameAreToldApart() throws Exception {
    try (RunHandle first = start("twin");
        RunHandle second = start("twin")) {
      assertThat(server.queryNames(new ObjectName("dev.jorb:type=Run,name=\"twin\",*"), null))
          .hasSize(2);
      go.countDown();
      first.await();
      second.await();
    }
    ObjectName both = new ObjectName("dev.jorb:type=Run,name=\"twin\",*");
    eventually("both are gone", () -> server.queryNames(both, null).isEmpty());
  }

  @Test
  void nobodyIsShownWhoDidNotAskForIt() throws Exception {
    go.countDown();
    Processor.of(workflow, new Object()).exec(workflow.run("quiet", "").add(new Note()));

    assertThat(server.isRegistered(name("quiet"))).isFalse();
  }
}
