import { beforeAll, expect, it } from "vitest";
import { createHost } from "../../host/node.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { start } from "../fixture/running.ts";
import { refusalOf } from "../refusal.ts";
import { casesModule, foreignComponent, witOf } from "./foreign.ts";
import { answers, sameAgain } from "./replaying.ts";

const KEY_VALUE = "fermyon:spin/key-value@2.0.0";
const VARIABLES = "fermyon:spin/variables@2.0.0";
const cases = `{
  set() { const store = Store.open("default"); store.set("a", bytes("1")); store.set("b", bytes("2")); return [store.get("a"), store.get("z"), store.exists("b"), store.exists("z"), store.getKeys()]; },
  delete() { const store = Store.open("default"); store.delete("a"); store.delete("z"); return store.getKeys(); },
  unknown() { return attempt(() => Store.open("\\0")); },
  long() { return attempt(() => Store.open("default").set("k".repeat(600), bytes(""))); },
  secret() { return attempt(() => Store.open("secret").get("a")); },
  fail() { Store.open("default").set("lost", bytes("1")); throw { tag: "failed", val: "no" }; },
  trap() { Store.open("default").set("lost", bytes("1")); publish({}); },
  variable() { return [get("region"), attempt(() => get("never"))]; },
}`;
const code = casesModule(`import { Store } from "${KEY_VALUE}";\nimport { get } from "${VARIABLES}";`, cases);

let component: Uint8Array;
let renamed: Uint8Array;
beforeAll(async () => {
  const imports = [KEY_VALUE, VARIABLES, "doteros:capsule/messaging@0.1.0"];
  component = await foreignComponent({ packages: [witOf("spin")], imports, code });
  const own = "spin:key-value/key-value@2.0.0";
  const wit = witOf("spin").replace(/interface variables[^]*\}\n\}/, "}").replace("fermyon:spin@", "spin:key-value@");
  renamed = await foreignComponent({
    packages: [wit],
    imports: [own, "doteros:capsule/messaging@0.1.0"],
    code: casesModule(`import { Store } from "${own}";`, cases),
  });
}, 120_000);

it("keeps what is set in the stores of Spin", async () => {
  const { send, heard, host, capsule } = await start(component, {}, { load: { config: { region: "north" } } });
  for (const name of ["set", "delete", "unknown", "long", "variable"]) await send(name);
  expect(answers(heard)).toEqual([
    ["1", null, true, false, ["a", "b"]],
    ["b"],
    { error: { tag: "no-such-store" } },
    { error: { tag: "other", val: "the key has 611 bytes with what stands before it, more than 512" } },
    ["north", { error: { tag: "undefined", val: "never was not given" } }],
  ]);
  expect(Array.from(capsule.state.entries(), ([key]) => key)).toEqual(["\0\0kdefault\0b"]);
  await host.close();
});

it("has them under their other name as well", async () => {
  const { send, heard, host } = await start(renamed);
  await send("set");
  expect(answers(heard)).toEqual([["1", null, true, false, ["a", "b"]]]);
  await host.close();
});

it("undoes what a message wrote that failed or trapped, and replays it", async () => {
  const store = new MemoryStore();
  const { send, host, capsule } = await start(component, { retry: { attempts: 1 } }, { store, load: { config: { region: "north" } } });
  for (const name of ["fail", "trap", "set", "delete", "variable"]) await send(name);
  expect(Array.from(capsule.state.entries(), ([key]) => key)).toEqual(["\0\0kdefault\0b"]);
  expect(capsule.counters).toMatchObject({ faults: 1, traps: 1, transitions: 3 });
  await host.close();
  expect(await sameAgain(store)).toEqual({ transitions: 3, failures: 2 });
});

it("is refused by name without the grants for state and context", async () => {
  await using host = await createHost();
  const error = await refusalOf(host.load(component, { grants: ["publish=>", "request=>"] }));
  expect(error).toMatchObject({ code: "not-granted", help: "to grant all of it, add --grant state --grant context" });
});

it("asks the policy about each key", async () => {
  const rego = 'package doteros\nallow if not startswith(object.get(input.resource, "key", ""), "keyvalue/secret/")';
  const { send, heard, host } = await start(component, {}, { policy: { modules: { "policy.rego": rego } } });
  await send("secret");
  expect(answers(heard)).toEqual([{ error: { tag: "access-denied" } }]);
  await host.close();
});
