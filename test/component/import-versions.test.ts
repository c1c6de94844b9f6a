import { describe, expect, it } from "vitest";
import { refusalOf } from "../refusal.ts";
import { open } from "./open.ts";

/** A component that imports `name`, whose only function answers a number. */
const asking = (name: string): string => `(component
  (import "${name}" (instance $i (export "which" (func (result u32)))))
  (alias export $i "which" (func $which))
  (core func $which (canon lower (func $which)))
  (core module $Guest (import "" "which" (func $which (result i32))) (export "which" (func $which)))
  (core instance $guest (instantiate $Guest (with "" (instance (export "which" (func $which))))))
  (func (export "which") (result u32) (canon lift (core func $guest "which"))))`;

/** Which of the offered names the import is given, as their place in the list. */
async function chosen(wanted: string, offered: readonly string[]): Promise<unknown> {
  const imports = Object.fromEntries(offered.map((name, place) => [name, { which: () => place }]));
  const { which } = await open(asking(wanted), imports);
  return which?.();
}

describe("an import is given", () => {
  it.each([
    ["its own version", "a:b/c@0.2.3", ["a:b/c@0.2.2", "a:b/c@0.2.3", "a:b/c@0.2.4"], 1],
    ["a later patch of a minor version below 1", "a:b/c@0.2.0", ["a:b/c@0.1.9", "a:b/c@0.2.6"], 1],
    ["an earlier patch, when there is no other", "a:b/c@0.2.6", ["a:b/c@0.2.0"], 0],
    ["the latest of those that fit, by number", "a:b/c@0.2.3", ["a:b/c@0.2.9", "a:b/c@0.2.10", "a:b/c@0.3.0"], 1],
    ["another minor of a major version", "a:b/c@1.2.0", ["a:b/c@2.0.0", "a:b/c@1.4.1"], 1],
    ["its own pre-release", "a:b/c@0.2.0-draft", ["a:b/c@0.2.0", "a:b/c@0.2.0-draft"], 1],
    ["what is offered without a version", "a:b/c@0.2.0", ["a:b/c"], 0],
    ["a version that fits before one without", "a:b/c@0.2.0", ["a:b/c", "a:b/c@0.2.1"], 1],
    ["a version with other build metadata", "a:b/c@1.0.0+x", ["a:b/c@1.0.0+y"], 0],
  ])("%s", async (_, wanted, offered, place) => expect(await chosen(wanted, offered)).toBe(place));

  it.each([
    ["another minor version below 1", "a:b/c@0.2.0", "a:b/c@0.3.0"],
    ["another patch below 0.1", "a:b/c@0.0.1", "a:b/c@0.0.2"],
    ["another major version", "a:b/c@1.0.0", "a:b/c@2.0.0"],
    ["the release for a pre-release", "a:b/c@0.2.0-draft", "a:b/c@0.2.0"],
    ["another pre-release", "a:b/c@0.2.0-draft", "a:b/c@0.2.0-draft2"],
    ["a pre-release for the release", "a:b/c@0.2.0", "a:b/c@0.2.0-rc.1"],
    ["a version where none was asked for", "a:b/c", "a:b/c@1.0.0"],
    ["another interface", "a:b/c@1.0.0", "a:b/cc@1.0.0"],
  ])("never %s", async (_, wanted, offered) => {
    expect(await refusalOf(chosen(wanted, [offered]))).toMatchObject({ code: "missing-import", where: wanted });
  });
});
