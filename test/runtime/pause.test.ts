import { describe, expect, it } from "vitest";
import { FuelBudget } from "../../host/runtime/fuel-budget.ts";
import { Pause } from "../../host/runtime/pause.ts";
import { HandClock } from "../fixture/hand-clock.ts";

/** Counts who is in the middle of something. */
function scheduler() {
  return {
    held: 0,
    hold(): void {
      this.held += 1;
    },
    release(): void {
      this.held -= 1;
    },
  };
}

describe("a pause", () => {
  it("is over after its time, and holds the host as long as messages wait for that", () => {
    const clock = new HandClock();
    const around = scheduler();
    let over = 0;
    const pause = new Pause(clock.platform, around, () => (over += 1));
    pause.keepWaiting();
    expect([pause.isOn, around.held]).toEqual([false, 0]);
    pause.begin(10);
    expect([pause.isOn, around.held]).toEqual([true, 0]);
    pause.keepWaiting();
    pause.keepWaiting();
    expect(around.held).toBe(1);
    clock.pass(9);
    expect([pause.isOn, over]).toEqual([true, 0]);
    clock.pass(1);
    expect([pause.isOn, over, around.held]).toEqual([false, 1, 0]);
  });

  it("may begin again when it is over: who waits goes on waiting", () => {
    const clock = new HandClock();
    const around = scheduler();
    let left = 2;
    const pause: Pause = new Pause(clock.platform, around, () => {
      left -= 1;
      if (left > 0) pause.begin(5);
    });
    pause.begin(5);
    pause.keepWaiting();
    clock.pass(5);
    expect([pause.isOn, around.held]).toEqual([true, 1]);
    clock.pass(5);
    expect([pause.isOn, around.held, left]).toEqual([false, 0, 0]);
  });

  it("ends early, and calls nobody", () => {
    const clock = new HandClock();
    const around = scheduler();
    let over = 0;
    const pause = new Pause(clock.platform, around, () => (over += 1));
    pause.begin(10);
    pause.keepWaiting();
    pause.end();
    pause.end();
    clock.pass(100);
    expect([pause.isOn, over, around.held, clock.waiting]).toEqual([false, 0, 0, 0]);
  });
});

describe("a budget of fuel", () => {
  const open = (perSecond: number) => {
    const clock = new HandClock();
    const around = scheduler();
    const went = { on: 0 };
    return { clock, around, went, budget: new FuelBudget(perSecond, clock.platform, around, () => (went.on += 1)) };
  };

  it("has what a second has at first, and no more after a long rest", () => {
    const { clock, budget } = open(1_000);
    clock.pass(3_600_000);
    budget.spend(1_000);
    expect(budget.isSpent).toBe(false);
    budget.spend(1);
    expect(budget.isSpent).toBe(true);
  });

  it("waits as long as it takes to have again what was too much, and not less", () => {
    const { clock, budget, went } = open(1_000);
    budget.spend(3_500);
    expect(budget.isSpent).toBe(true);
    clock.pass(2_499);
    expect([budget.isSpent, went.on]).toEqual([true, 0]);
    clock.pass(1);
    expect([budget.isSpent, went.on]).toEqual([false, 1]);
    budget.spend(1);
    expect(budget.isSpent).toBe(true);
  });

  it("in the long run gives a second's worth in each second", () => {
    const { clock, budget } = open(1_000);
    let spent = 0;
    for (let millisecond = 0; millisecond < 60_000; millisecond += 1) {
      while (!budget.isSpent) {
        budget.spend(70);
        spent += 70;
      }
      clock.pass(1);
    }
    expect(spent).toBeGreaterThan(60_000);
    expect(spent).toBeLessThan(60_000 + 1_000 + 2 * 70);
  });

  it("waits for weeks where it has to, a day at a time", () => {
    const { clock, around, budget, went } = open(1);
    const day = 86_400_000;
    budget.spend(1 + 30 * 86_400);
    budget.keepWaiting();
    for (let days = 0; days < 29; days += 1) clock.pass(day);
    expect([budget.isSpent, around.held, went.on]).toEqual([true, 1, 0]);
    clock.pass(day);
    expect([budget.isSpent, around.held, went.on]).toEqual([false, 0, 1]);
  });

  it("lets nobody wait any more once it is ended", () => {
    const { clock, around, budget, went } = open(10);
    budget.spend(1_000);
    budget.keepWaiting();
    budget.end();
    clock.pass(1_000_000);
    expect([around.held, went.on, clock.waiting]).toEqual([0, 0, 0]);
  });
});
