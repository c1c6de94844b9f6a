import { dialectsOf } from "../../host/capability/dialect/index.ts";
import { capsuleImports } from "../../host/capability/imports.ts";
import { Body, bodySink } from "../../host/capability/dialect/io/body.ts";
import { OutputStream } from "../../host/capability/dialect/io/output-stream.ts";
import { DEFAULT_LIMITS } from "../../host/capability/resource-limits.ts";
import { Transition } from "../../host/capability/transition.ts";
import { compileComponent } from "../../host/component/index.ts";
import { nodeOutside } from "../../host/platform/node/outside/index.ts";
import { NETWORK_ENTRY } from "../network/platform.ts";
import { nodePlatform } from "../../host/platform/node/index.ts";
import { WorkingState } from "../../host/store/working-state.ts";

/** What `p2_api_reactor` exports beside `run`. */
interface Reactor {
  addStrings(strings: readonly string[]): number;
  getStrings(): string[];
  writeStringsTo(stream: OutputStream): void;
  passAnImportedRecord(record: object): string;
}

const NO_RIGHTS = { folders: [], net: [], env: [], stdio: false, clock: false };

/** Calls the functions of a component that handles no messages, with WASI around it. Answers with what they answered. */
export async function callReactor(bytes: Uint8Array): Promise<unknown[]> {
  const transition = new Transition({ name: "reactor", version: "0.0.0", digest: "" }, new Map(), DEFAULT_LIMITS, new WorkingState(), nodePlatform, undefined);
  transition.outside = (await nodeOutside(NETWORK_ENTRY)())({ ...NO_RIGHTS, env: [["GOOD_DOG", "gussie"]] });
  transition.begin(1, 1);
  const reactor = await instance(bytes, transition);
  const body = new Body();
  const record = { type: "unknown", linkCount: 0n, size: 0n, dataAccessTimestamp: { seconds: 45n, nanoseconds: 123 }, dataModificationTimestamp: { seconds: 10n, nanoseconds: 789 }, statusChangeTimestamp: { seconds: 1n, nanoseconds: 0 } };
  const added = reactor.addStrings(["hello", "$GOOD_DOG"]);
  const strings = reactor.getStrings();
  reactor.writeStringsTo(new OutputStream(transition, bodySink(body, 4_096)));
  return [added, strings, new TextDecoder().decode(body.bytes(0)), reactor.passAnImportedRecord(record)];
}

async function instance(bytes: Uint8Array, transition: Transition): Promise<Reactor> {
  const component = await compileComponent(bytes);
  const manifest = { name: "reactor", version: "0.0.0", capabilities: {}, subscriptions: [] };
  const { exports } = await component.instantiate(capsuleImports(manifest, transition, undefined, component.imports, await dialectsOf(component)));
  return exports as unknown as Reactor;
}
