package dev.jorb.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jorb.workflow.Exec;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Retry;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class HiddenStateTest {
  /// A context as one should not be: it can be changed, and not all of it is in the JSON.
  static final class Basket {
    public String name = "";
    public List<String> fruits = new ArrayList<>();
    private int weight;

    static Basket of(String name) {
      Basket basket = new Basket();
      basket.name = name;
      return basket;
    }

    Basket with(String fruit) {
      Basket basket = of(name);
      basket.fruits.addAll(fruits);
      basket.fruits.add(fruit);
      return basket;
    }
  }

  private static void run(Simulation simulation, Exec<Object, String, Basket> fill) {
    Workflow<Object, String, Basket> workflow =
        Workflow.named("w", Object.class, String.class, Basket.class)
            .state("fill", s -> s.exec(fill).retry(Retry.times(1)))
            .state("sell", s -> s.exec((app, overall, basket) -> Outcome.to("sold", basket)))
            .terminal("sold")
            .build();
    simulation.takes("sell", Duration.ofHours(1));
    simulation.run(
        workflow,
        "app",
        workflow.run("r", "o").add(Basket.of("a")).add(Basket.of("b")).add(Basket.of("c")));
  }

  private static void run(Exec<Object, String, Basket> fill) {
    run(Simulation.seeded(1), fill);
  }

  @Nested
  class IsFound {
    @Test
    void inAFieldThatJsonLoses() {
      assertThatThrownBy(() ->
              run((app, overall, basket) -> {
                Basket full = basket.with("pear");
                full.weight = 7;
                return Outcome.to("sell", full);
              }))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("contexts have hidden state, which a restart loses (seed 1")
          .hasMessageContaining(
              "job 0: what step \"fill\" returned does not come back from JSON as it was:"
                  + " Basket.weight was 7 and comes back as 0");
    }

    @Test
    void inAListThatTwoJobsHoldWithTheStepThatChangesIt() {
      List<String> shared = new ArrayList<>();

      assertThatThrownBy(() ->
              run((app, overall, basket) -> {
                shared.add(basket.name);
                Basket full = Basket.of(basket.name);
                full.fruits = shared;
                return Outcome.to("sell", full);
              }))
          .hasMessageContaining(
              "job 0: its context is no longer what was recorded: Basket.fruits was [a] and is"
                  + " now [a, b]; step \"fill\" of job 1 has changed it, which holds it"
                  + " too");
    }

    @Test
    void inAContextThatAKickedJobShares() {
      assertThatThrownBy(() ->
              run((app, overall, basket) -> {
                if (!basket.fruits.isEmpty()) {
                  basket.fruits.add("plum");
                  return Outcome.to("sell", basket);
                }
                Basket full = basket.with("pear");
                return Outcome.to("sell", full).kick("fill", full);
              }))
          .hasMessageContaining(
              "job 0: its context is no longer what was recorded: Basket.fruits was [pear] and"
                  + " is now [pear, plum]; step \"fill\" of job 0->0 has changed it");
    }

    @Test
    void inAChangeInPlaceOfAStepThatThenFails() {
      assertThatThrownBy(() ->
              run((app, overall, basket) -> {
                basket.fruits.add("pear");
                if (basket.fruits.size() < 2) {
                  throw new IOException("no room");
                }
                return Outcome.to("sell", basket);
              }))
          .hasMessageContaining(
              "job 0: its context is no longer what was recorded: Basket.fruits was [] and is now"
                  + " [pear]; step \"fill\" has changed it in place and then failed");
    }
  }

  @Nested
  class IsNotFound {
    @Test
    void whereEachStepReturnsAContextOfItsOwn() {
      run((app, overall, basket) -> Outcome.to("sell", basket.with("pear")));
    }

    @Test
    void whereAStepReturnsTheContextThatItChanged() {
      run((app, overall, basket) -> {
        basket.fruits.add("pear");
        return Outcome.to("sell", basket);
      });
    }

    @Test
    void whereNobodyWantsToKnow() {
      List<String> names = new ArrayList<>();

      run(
          Simulation.seeded(1).ignoringHiddenState(),
          (app, overall, basket) -> {
            basket.weight = 7;
            names.add(basket.name);
            return Outcome.to("sell", basket);
          });

      assertThat(names).containsExactlyInAnyOrder("a", "b", "c");
    }
  }
}
