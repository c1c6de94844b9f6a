import type { Component, ResourceType } from "../../host/component/index.ts";
import { ARGUMENTS } from "./expected.ts";
import { Host } from "./host.ts";
import type { Start } from "./oracle.ts";
import type { Entry, Namer } from "./record.ts";
import { describeValue } from "./record.ts";
import type { Callee, GuestType, Method } from "./surface.ts";
import { Surface } from "./surface.ts";
import { Values } from "./value.ts";
import { wasiImports } from "./wasi.ts";

/** Calls each function that made values can be given to so often. */
const ROUNDS = 4;

/** What came of calling everything that a component exports. */
export interface Exercise {
  readonly log: Entry[];
  /** Why calls did not return, one after the other. */
  readonly traps: unknown[];
  /**
   * Resources that were returned inside other values. jco gives all resources of one list the handle of the last to end
   * (CanonicalABI, `lift_own`: each has its own), so they are not ended; nor may garbage collection do it halfway.
   */
  readonly kept: object[];
}

/** Calls everything that a component exports, in a new instance after each trap. */
export async function exercise(component: Component, start: Start): Promise<Exercise> {
  const made: Exercise = { log: [], traps: [], kept: [] };
  const { log } = made;
  const { callees, guests } = new Surface(component.exports);
  const open = async (): Promise<Running> => {
    const wasi = wasiImports(log, component.imports);
    const host = new Host(component.imports.filter(({ name }) => !Object.hasOwn(wasi, name)), log);
    const exports = await start({ ...host.imports, ...wasi });
    return new Running(exports, host, guests, made);
  };
  let running = await open();
  for (const callee of callees) {
    const known = ARGUMENTS[callee.path];
    const rounds = known?.length ?? roundsOf(callee);
    for (let round = 0; round < rounds; round++) {
      if (!(await running.call(callee, round, known?.[round]))) running = await open();
    }
  }
  return made;
}

/** Commands are run once. */
function roundsOf({ path, type }: Callee): number {
  if (path.startsWith("wasi:cli/run")) return 1;
  return type.params.length === 0 ? 2 : ROUNDS;
}

/** One instance with its host. */
class Running {
  readonly #exports: Readonly<Record<string, unknown>>;
  readonly #host: Host;
  readonly #guests: ReadonlyMap<ResourceType, GuestType>;
  readonly #record: Exercise;

  constructor(exports: Readonly<Record<string, unknown>>, host: Host, guests: ReadonlyMap<ResourceType, GuestType>, record: Exercise) {
    this.#exports = exports;
    this.#host = host;
    this.#guests = guests;
    this.#record = record;
  }

  /** @returns whether the instance may be called again */
  async call(callee: Callee, round: number, known: readonly unknown[] | undefined): Promise<boolean> {
    const { log, traps } = this.#record;
    const made: unknown[] = [];
    const values = new Values(`${callee.path} ${round}`, round < ROUNDS / 2, (type) => this.#resource(type, made));
    const inspect: Namer = (object) => this.#inspect(object);
    let args: unknown = "none could be made";
    try {
      const given = known ?? callee.type.params.map((param) => values.of(param.type));
      args = describeValue(given, (object) => this.#host.nameOf(object) ?? "a resource of the guest");
      const value = await callee.call(this.#exports, given);
      log.push({ call: callee.path, args, result: describeValue(value, inspect) });
      for (const resource of [value, ...made]) (resource as Partial<Disposable> | undefined)?.[Symbol.dispose]?.();
      return true;
    } catch (error) {
      if (typeof error === "object" && error !== null && "payload" in error) {
        log.push({ call: callee.path, args, error: describeValue(error.payload, inspect) });
        return true;
      }
      log.push({ call: callee.path, args, trap: true });
      traps.push(error);
      return false;
    }
  }

  /** A resource of the host's or one that the guest constructs. */
  #resource(type: ResourceType, made: unknown[]): unknown {
    const own = this.#host.resource(type);
    if (own !== undefined) return own;
    const guest = this.#guests.get(type.root);
    const madeBy = guest?.classOf(this.#exports);
    if (guest?.construct === undefined || madeBy === undefined) throw new Error(`no resource ${type.name} can be made`);
    const values = new Values(`new ${type.name} ${made.length}`, true, (inner) => this.#resource(inner, made));
    const resource = new madeBy(...guest.construct.params.map((param) => values.of(param.type)));
    made.push(resource);
    return resource;
  }

  /** What a resource that was returned is: its name at the host, or what it answers. */
  #inspect(object: object): unknown {
    const name = this.#host.nameOf(object);
    if (name !== undefined) return name;
    for (const { classOf, questions } of this.#guests.values()) {
      const made = classOf(this.#exports);
      if (made === undefined || !(object instanceof made)) continue;
      const answers = questions.map((label) => describeValue((object as Answering)[label]?.(), (part) => this.#inspect(part)));
      this.#record.kept.push(object);
      return { resource: answers };
    }
    return object.constructor.name;
  }
}

type Answering = Readonly<Record<string, Method>>;
