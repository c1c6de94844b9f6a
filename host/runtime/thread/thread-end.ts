import type { DecisionEvent } from "../../contract/decision.ts";
import { DoterosError } from "../../contract/error.ts";
import type { Platform } from "../../contract/platform.ts";
import { CborReader } from "../../ledger/cbor-reader.ts";
import { CborWriter } from "../../ledger/cbor-writer.ts";
import { DecisionLog } from "../../policy/decision-log.ts";
import { Enforcement } from "../../policy/enforcement.ts";
import { readBatchHead } from "./batch.ts";
import type { Arrival, LoadOrder, Order, PolicyOrder, Return } from "./order.ts";
import { ThreadCapsule } from "./thread-capsule.ts";

/** The far end of a thread: what runs in it, and does what the host says, one thing after the other. */
export class ThreadEnd {
  readonly #platform: Platform;
  readonly #post: (answer: Arrival | Return, moved: readonly ArrayBuffer[]) => void;
  readonly #capsules = new Map<number, ThreadCapsule>();
  readonly #out = new CborWriter();
  #enforcement: Enforcement;
  #decisions: (readonly [event: DecisionEvent, text: string])[] = [];
  /** What is being done, or the last of what waits for that. */
  #last: Promise<void> | undefined;

  /** @param post sends an answer to the host */
  constructor(platform: Platform, post: (answer: Arrival | Return, moved: readonly ArrayBuffer[]) => void) {
    this.#platform = platform;
    this.#post = post;
    this.#enforcement = new Enforcement(undefined, () => platform.now());
  }

  /** Does what the host says. */
  receive(order: unknown): void {
    const done = (this.#last === undefined ? this.#follow(order as Order) : this.#last.then(() => this.#follow(order as Order))).finally(() => {
      if (this.#last === done) this.#last = undefined;
    });
    this.#last = done;
  }

  async #follow(order: Order): Promise<void> {
    if (order instanceof Uint8Array) return this.#batch(order);
    switch (order.kind) {
      case "policy":
        return this.#policy(order);
      case "load":
        return this.#load(order);
      case "unload":
        this.#capsules.get(order.key)?.leave();
        this.#capsules.delete(order.key);
    }
  }

  async #batch(bytes: Uint8Array): Promise<void> {
    const out = this.#out;
    const input = new CborReader(bytes);
    const head = readBatchHead(input);
    out.begin();
    await this.#capsules.get(head.key)?.handle(head, input, out);
    const outcomes = out.copy();
    if (this.#decisions.length === 0) return this.#post(outcomes, [outcomes.buffer]);
    const decisions = this.#decisions;
    this.#decisions = [];
    this.#post({ outcomes, decisions }, [outcomes.buffer]);
  }

  async #policy({ source, decisions: id }: PolicyOrder): Promise<void> {
    // The engine is loaded with the first policy.
    const policy = source === undefined ? undefined : (await import("../../policy/rego-policy.ts")).policyOfText(source, this.#platform);
    this.#enforcement.policy = policy;
    if (id === undefined || this.#enforcement.log !== undefined) return;
    const tell = (event: DecisionEvent, text: string): unknown => this.#decisions.push([event, text]);
    const log = new DecisionLog({ platform: this.#platform, tell, report: () => undefined, id });
    this.#enforcement = new Enforcement(policy, () => this.#platform.now(), log);
  }

  async #load(order: LoadOrder): Promise<void> {
    try {
      const { capsule, arrival } = await ThreadCapsule.load(order, { platform: this.#platform, enforcement: this.#enforcement });
      this.#capsules.set(order.key, capsule);
      this.#post(arrival, []);
    } catch (error) {
      this.#post({ instance: 0, lines: [], failure: failureOf(error) }, []);
    }
  }
}

function failureOf(error: unknown): Arrival["failure"] {
  if (error instanceof DoterosError) return { code: error.code, message: error.message, help: error.help };
  return { code: "internal", message: `a thread failed: ${error instanceof Error ? error.message : String(error)}`, help: "this is a bug in doteros-wasm; please report it" };
}
