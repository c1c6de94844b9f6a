import { describe, expect, it } from "vitest";
import { GuestResource } from "../../host/component/index.ts";
import { refusal } from "../refusal.ts";
import { type Callable, type Exports, open } from "./open.ts";
import { COUNTERS, FILES } from "./specimen.ts";

/** What the guest exports for its counters, as JavaScript sees it. */
interface Counter {
  get(): number;
  add(by: number): void;
  [Symbol.dispose](): void;
}

interface CounterClass {
  new (start: number): Counter;
  merge(a: Counter, b: Counter): Counter;
}

interface Counters {
  readonly Counter: CounterClass;
  /** The value that a counter has: it is lent. */
  readonly peek: (counter: unknown) => number;
  /** The same: it is given away, and dropped. */
  readonly eat: (counter: Counter) => number;
  /** Keeps a counter, and gives it back. */
  readonly keep: (counter: Counter) => void;
  readonly giveBack: () => Counter;
  readonly all: (counters: readonly Counter[]) => readonly Counter[];
  /** How many destructors ran, and the value of the last counter that they ended. */
  readonly drops: () => number;
  readonly last: () => number;
}

const counters = (): Promise<Counters> => open<Counters>(COUNTERS);

describe("a resource that a guest defines", () => {
  it("is a class with its constructor, methods and static functions", async () => {
    const { Counter } = await counters();
    const one = new Counter(5);
    one.add(2);
    expect(one.get()).toBe(7);
    expect(one).toBeInstanceOf(Counter);
    expect(one).toBeInstanceOf(GuestResource);
    expect(Counter.name).toBe("Counter");
    const both = Counter.merge(one, new Counter(3));
    expect(both.get()).toBe(10);
    expect(both).toBeInstanceOf(Counter);
  });

  it("is the same object's class wherever it comes from, one object for each time it is handed over", async () => {
    const { Counter, keep, giveBack } = await counters();
    const one = new Counter(1);
    keep(one);
    const back = giveBack();
    expect(back).toBeInstanceOf(Counter);
    expect(back).not.toBe(one);
    expect(back.get()).toBe(1);
  });

  it("can be lent again and again", async () => {
    const { Counter, peek } = await counters();
    const one = new Counter(4);
    expect([peek(one), peek(one), one.get()]).toEqual([4, 4, 4]);
  });

  it("travels inside lists", async () => {
    const { Counter, all } = await counters();
    const given = [new Counter(1), new Counter(2)];
    const back = all(given);
    expect(back.map((counter) => counter.get())).toEqual([1, 2]);
    expect(refusal(() => given[0]?.get()).code).toBe("wrong-value");
  });

  it("is ended by the guest's destructor, once, when it is disposed of", async () => {
    const { Counter, drops, last } = await counters();
    const one = new Counter(42);
    expect(drops()).toBe(0);
    one[Symbol.dispose]();
    expect([drops(), last()]).toEqual([1, 42]);
    one[Symbol.dispose]();
    expect(drops()).toBe(1);
  });

  it("is ended at the end of a using block", async () => {
    const { Counter, drops } = await counters();
    {
      using one = new Counter(1);
      expect(one.get()).toBe(1);
    }
    expect(drops()).toBe(1);
  });

  it("cannot be used any more once it is disposed of", async () => {
    const { Counter, peek, eat } = await counters();
    const one = new Counter(1);
    one[Symbol.dispose]();
    for (const use of [() => one.get(), () => peek(one), () => eat(one)]) {
      const error = refusal(use);
      expect(error.code).toBe("wrong-value");
      expect(error.message).toContain("a resource counter that was not given away or disposed of");
    }
  });

  it("cannot be used any more once it is given away, and is not ended twice", async () => {
    const { Counter, eat, drops } = await counters();
    const one = new Counter(8);
    expect(eat(one)).toBe(8);
    expect(drops()).toBe(1);
    expect(refusal(() => one.get())).toMatchObject({ code: "wrong-value", where: "[method]counter.get" });
    one[Symbol.dispose]();
    expect(drops()).toBe(1);
  });

  it("cannot be given away twice in one call", async () => {
    const { Counter, drops } = await counters();
    const one = new Counter(1);
    expect(refusal(() => Counter.merge(one, one)).code).toBe("wrong-value");
    expect(drops()).toBe(0);
    expect(new Counter(2).get()).toBe(2);
  });

  it("is nothing else", async () => {
    const { Counter, peek } = await counters();
    const other = await counters();
    const lookalike: unknown = Object.create(Counter.prototype as object);
    for (const value of [5, {}, null, lookalike, new other.Counter(1)]) {
      const error = refusal(() => peek(value));
      expect(error).toMatchObject({ code: "wrong-value", where: "peek" });
      expect(error.message).toContain("expected a resource counter");
    }
  });

  it("without a constructor is not made by new", async () => {
    const { R } = await open<{ readonly R: new () => unknown }>(`(component (type $r (resource (rep i32))) (export "r" (type $r)))`);
    expect(refusal(() => new R())).toMatchObject({ code: "wrong-value", message: "R has no constructor" });
  });

  it.each(["name", "length", "construct", "caller", "arguments"])("may have a static function called %s", async (label) => {
    const { R } = await open<{ readonly R: Readonly<Record<string, Callable>> }>(`(component
      (type $r (resource (rep i32)))
      (core module $M (func (export "f") (result i32) (i32.const 7)))
      (core instance $m (instantiate $M))
      (export "r" (type $r))
      (func (export "[static]r.${label}") (result u32) (canon lift (core func $m "f"))))`);
    expect(R[label]?.()).toBe(7);
    expect(refusal(() => Reflect.construct(R as unknown as NewableFunction, []))).toMatchObject({ code: "wrong-value" });
  });
});

/** The host's class of files. */
class File {
  static opened = 0;
  disposed = 0;
  readonly bytes: number;

  constructor(bytes: number) {
    this.bytes = bytes;
  }

  static open(bytes: number): File {
    File.opened += 1;
    return new this(bytes);
  }

  size(): number {
    return this.bytes;
  }

  [Symbol.dispose](): void {
    this.disposed += 1;
  }
}

const ownNames = (object: object): string[] => Object.getOwnPropertyNames(object);

async function files(more: Readonly<Record<string, unknown>> = {}): Promise<Exports> {
  const ignore = (): void => undefined;
  return open(FILES, { "test:r/files": { File, find: () => new File(0), give: ignore, both: ignore, ...more } });
}

describe("a resource that the host defines", () => {
  it("is made by the guest with the host's class", async () => {
    const { made } = await files();
    const file = made?.(12);
    expect(file).toBeInstanceOf(File);
    expect(file).toMatchObject({ bytes: 12, disposed: 0 });
  });

  it("has static functions that are called on its class", async () => {
    const { opened } = await files();
    const before = File.opened;
    expect(opened?.(3)).toMatchObject({ bytes: 3 });
    expect(File.opened).toBe(before + 1);
  });

  it("has methods that are called on it, those of a subclass too", async () => {
    class Large extends File {
      override size(): number {
        return 1000 * super.size();
      }
    }
    const { sized } = await files();
    expect([sized?.(new File(5)), sized?.(new Large(5))]).toEqual([5, 5000]);
  });

  it("comes back as the very object that went in", async () => {
    const { same } = await files();
    const file = new File(1);
    expect(same?.(file)).toBe(file);
    expect(file.disposed).toBe(0);
  });

  it("is refused when it is of another class than the host's own", async () => {
    const { found } = await files({ find: () => ({ size: () => 0 }) });
    expect(refusal(() => found?.())).toMatchObject({ code: "wrong-value", where: "test:r/files#find" });
  });

  it("may be any object when the host names no class", async () => {
    const file = { anything: true };
    const { found } = await open(`(component
      (import "test:r/files" (instance $files
        (export "file" (type $file (sub resource)))
        (export "find" (func (result (own $file))))))
      (alias export $files "file" (type $file))
      (alias export $files "find" (func $find))
      (core func $find (canon lower (func $find)))
      (core module $Guest (import "" "find" (func $find (result i32))) (export "found" (func $find)))
      (core instance $guest (instantiate $Guest (with "" (instance (export "find" (func $find))))))
      (func (export "found") (result (own $file)) (canon lift (core func $guest "found"))))`, { "test:r/files": { find: () => file } });
    expect(found?.()).toBe(file);
  });

  it("is disposed of when the guest drops it, and only when it owns it", async () => {
    const { thrownAway, sized } = await files();
    const file = new File(1);
    sized?.(file);
    expect(file.disposed).toBe(0);
    thrownAway?.(file);
    expect(file.disposed).toBe(1);
  });

  it("is nothing else", async () => {
    const { same, sized } = await files();
    for (const call of [() => same?.({ size: () => 1 }), () => sized?.(null), () => sized?.(new Map())]) {
      const error = refusal(call);
      expect(error.code).toBe("wrong-value");
      expect(error.message).toContain("expected a resource");
    }
  });

  it("keeps its class as it was, whatever the guest exports under its name", async () => {
    const text = FILES.replace(/\)$/, `(export $again "file" (type $file))
      (func (export "[method]file.size") (param "self" (borrow $again)) (result u32) (canon lift (core func $guest "sized")))
      (func (export "[static]file.open") (param "size" u32) (result (own $again)) (canon lift (core func $guest "made"))))`);
    const before = [...ownNames(File), ...ownNames(File.prototype)];
    const methods: unknown[] = [Reflect.get(File.prototype, "size"), Reflect.get(File, "open")];
    const ignore = (): void => undefined;
    const guest = await open(text, { "test:r/files": { File, find: ignore, give: ignore, both: ignore } });
    expect(guest["File"]).toBe(File);
    expect([...ownNames(File), ...ownNames(File.prototype)]).toEqual(before);
    expect([Reflect.get(File.prototype, "size"), Reflect.get(File, "open")]).toEqual(methods);
  });

  it("that was lent to a call which was refused does not stay lent", async () => {
    const text = FILES.replace(
      /\(func \(export "sized"\) \(param "f" \(borrow \$file\)\)/,
      `(func (export "sized") (param "f" (borrow $file)) (param "n" u8)`,
    ).replace(`(func (export "sized") (param $h i32)`, `(func (export "sized") (param $h i32) (param i32)`);
    const ignore = (): void => undefined;
    const { sized, unknown } = await open(text, { "test:r/files": { File, find: ignore, give: ignore, both: ignore } });
    expect(refusal(() => sized?.(new File(1), "no")).code).toBe("wrong-value");
    expect(sized?.(new File(2), 0)).toBe(2);
    expect(refusal(() => sized?.(new File(1), "no")).code).toBe("wrong-value");
    expect(refusal(() => unknown?.(1)).message).toContain("unknown handle index 1");
  });
});

describe("a handle", () => {
  it("has the number of one that was dropped before, the latest first", async () => {
    const { made } = await open(`(component
      (import "test:r/files" (instance $files (export "file" (type $file (sub resource)))))
      (alias export $files "file" (type $file))
      (core func $drop (canon resource.drop $file))
      (core module $Guest
        (import "" "drop" (func $drop (param i32)))
        (func (export "made") (param $a i32) (param $b i32) (param $c i32) (param $first i32) (result i32)
          (if (local.get $first)
            (then (call $drop (local.get $a)) (call $drop (local.get $c)) (call $drop (local.get $b))))
          (i32.add (local.get $a) (i32.add (i32.mul (local.get $b) (i32.const 10)) (i32.mul (local.get $c) (i32.const 100))))))
      (core instance $guest (instantiate $Guest (with "" (instance (export "drop" (func $drop))))))
      (func (export "made") (param "a" (own $file)) (param "b" (own $file)) (param "c" (own $file)) (param "first" bool) (result u32)
        (canon lift (core func $guest "made"))))`, { "test:r/files": { File } });
    const three = [new File(1), new File(2), new File(3)];
    expect([made?.(...three, true), made?.(...three, false), made?.(...three, false)]).toEqual([321, 132, 654]);
  });
});

describe("a resource of one component in another, through the host", () => {
  it("is used and ended as if it were the host's", async () => {
    const { Counter, drops } = await counters();
    const user = await open<{ readonly count: () => number }>(`(component
      (import "test:r/counters" (instance $i
        (export "counter" (type $counter (sub resource)))
        (export "[constructor]counter" (func (param "start" u32) (result (own $counter))))
        (export "[method]counter.add" (func (param "self" (borrow $counter)) (param "by" u32)))
        (export "[method]counter.get" (func (param "self" (borrow $counter)) (result u32)))))
      (alias export $i "counter" (type $counter))
      (alias export $i "[constructor]counter" (func $make)) (core func $make (canon lower (func $make)))
      (alias export $i "[method]counter.add" (func $add)) (core func $add (canon lower (func $add)))
      (alias export $i "[method]counter.get" (func $get)) (core func $get (canon lower (func $get)))
      (core func $drop (canon resource.drop $counter))
      (core module $Guest
        (import "" "make" (func $make (param i32) (result i32)))
        (import "" "add" (func $add (param i32 i32)))
        (import "" "get" (func $get (param i32) (result i32)))
        (import "" "drop" (func $drop (param i32)))
        (func (export "count") (result i32) (local $h i32)
          (local.set $h (call $make (i32.const 40)))
          (call $add (local.get $h) (i32.const 2))
          (call $get (local.get $h))
          (call $drop (local.get $h))))
      (core instance $guest (instantiate $Guest (with "" (instance (export "make" (func $make)) (export "add" (func $add))
        (export "get" (func $get)) (export "drop" (func $drop))))))
      (func (export "count") (result u32) (canon lift (core func $guest "count"))))`, { "test:r/counters": { Counter } });
    expect(user.count()).toBe(42);
    expect(drops()).toBe(1);
  });
});

describe("a guest traps", () => {
  it.each<readonly [string, (guest: Exports) => unknown, string]>([
    ["when it drops a handle twice", (guest) => guest["thrownAwayTwice"]?.(new File(1)), "unknown handle index"],
    ["when it drops a handle as another resource", (guest) => guest["mistaken"]?.(new File(1)), "wrong type"],
    ["when it keeps what was lent to it", (guest) => guest["notDropped"]?.(new File(1)), "borrow handles still remain"],
    ["when it gives away what was lent to it", (guest) => guest["givenOn"]?.(new File(1)), "borrowed handle"],
    ["when it gives away what it lends", (guest) => guest["lentAndGiven"]?.(new File(1)), "while borrowed"],
    ["on handle 0", (guest) => guest["unknown"]?.(0), "unknown handle index 0"],
    ["on a handle that never was", (guest) => guest["unknown"]?.(7), "unknown handle index 7"],
    ["on handle 2^32 - 1", (guest) => guest["unknown"]?.(2 ** 32 - 1), "unknown handle index 4294967295"],
  ])("%s", async (_, call, text) => {
    const guest = await files();
    const error = refusal(() => call(guest));
    expect(error.code).toBe("trap");
    expect(error.message).toContain(text);
    expect(refusal(() => guest["made"]?.(1)).message).toContain("cannot enter");
  });
});
