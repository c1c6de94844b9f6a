import { expect, it } from "vitest";
import { createHost } from "../../host/node.ts";
import { MemoryStore } from "../../host/store/memory.ts";
import { start } from "../fixture/running.ts";
import { refusalOf } from "../refusal.ts";
import { casesModule, foreignComponent, foreignText, witOf } from "./foreign.ts";
import { answers, sameAgain } from "./replaying.ts";

const IDS = [
  ["runtime", "0.2.0-draft", "config-error"],
  ["store", "0.2.0-draft", "error"],
  ["store", "0.2.0-draft-2024-09-27", "error"],
  ["store", "0.2.0-rc.1", "error"],
] as const;
const packageOf = ([name, version, error]: (typeof IDS)[number]): string => witOf("config", { INTERFACE: name, VERSION: version, ERROR: error });

it("gives the settings under all four names of wasi:config", async () => {
  const names = IDS.map(([name, version]) => `wasi:config/${name}@${version}`);
  const statements = names.map((name, at) => `import * as c${at} from "${name}";`).join("\n");
  const [runtime, draft, ...others] = IDS.map(packageOf);
  // Two interfaces of one package.
  const both = `${runtime?.replace(/\}\s*$/, "")}${draft?.replace(/^package.*$/m, "")}`;
  const component = await foreignComponent({
    packages: [both, ...others],
    imports: [...names, "doteros:capsule/messaging@0.1.0"],
    code: casesModule(statements, "{ all() { return [c0, c1, c2, c3].map(({ get, getAll }) => [get('b'), get('z'), getAll()]); } }"),
  });
  const store = new MemoryStore();
  const { send, heard, host } = await start(component, {}, { store, load: { config: { b: "2", a: "1" } } });
  await send("all");
  const each = ["2", null, [["b", "2"], ["a", "1"]]];
  expect(answers(heard)).toEqual([[each, each, each, each]]);
  await host.close();
  expect(await sameAgain(store)).toEqual({ transitions: 1, failures: 0 });
}, 60_000);

it("is refused by name without the grant for the context", async () => {
  const name = "wasi:config/store@0.2.0-rc.1";
  const wat = `(module (import "${name}" "get" (func (param i32 i32 i32))) (memory (export "memory") 1)
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024)
    (func (export "doteros:capsule/handler@0.1.0#handle") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) i32.const 16))`;
  const component = await foreignText(wat, { imports: [name], packages: [packageOf(IDS[3])] });
  await using host = await createHost();
  const error = await refusalOf(host.load(component, { grants: [] }));
  expect(error).toMatchObject({ code: "not-granted", help: "to grant all of it, add --grant context" });
});
