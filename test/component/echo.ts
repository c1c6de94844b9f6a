// Components that give back what they are given. For each type there is an import `host-N` and an export `run-N` that calls
// it with its own parameter and answers what it answers, so that a value crosses the border four times.
//
// What is wrong in the same way in both directions would stay unseen, so the guest can also show and take its memory:
// `image` is all of it, the core values of the last parameter included; `restore` takes such an image, be it of another
// instance under another host; `replay-N` is `run-N` with the parameter that the image holds, and `again-N` answers the
// result that it holds. `reset` empties the heap.
import { type Encoding, HEAP, MEMORY, optionsOf } from "./memory.ts";
import { flatten, type Type, TypeWriter } from "./type.ts";

/** The most core values that parameters travel as before they are kept in memory. */
const FLAT_MAX = 16;
/** Where the guest keeps the core values of a parameter and a result, in bytes. */
const PARAMETERS = 4096;
const RESULT = 8192;

/** What shows and takes the memory. */
const IMAGES = `
    (func (export "reset") (global.set $top (i32.const ${HEAP})))
    (func (export "image") (result i32)
      (i32.store (i32.const 16) (i32.const 0))
      (i32.store (i32.const 20) (global.get $top))
      (i32.const 16))
    (func (export "restore") (param $at i32) (param $size i32)
      (memory.copy (i32.const 0) (local.get $at) (local.get $size))
      (global.set $top (local.get $size)))`;

/** The text of a component that echoes each of `types`. */
export function echoText(types: readonly Type[], encoding: Encoding = "utf8"): string {
  const writer = new TypeWriter();
  const options = optionsOf(encoding);
  const lift = (name: string, type: string): string =>
    `(func (export "${name}") ${type} (canon lift (core func $guest "${name}") ${options}))`;
  const imports = types.map((type, index) => {
    const name = writer.write(type);
    return {
      declared: `(import "host-${index}" (func $host-${index} (param "v" ${name}) (result ${name})))`,
      lowered: `(core func $host-${index} (canon lower (func $host-${index}) ${options}))`,
      given: `(export "${index}" (func $host-${index}))`,
      lifted: [
        lift(`run-${index}`, `(param "v" ${name}) (result ${name})`),
        lift(`replay-${index}`, `(result ${name})`),
        ...(spills(type) ? [lift(`again-${index}`, `(result ${name})`)] : []),
      ].join("\n  "),
    };
  });
  const all = (part: keyof (typeof imports)[number]): string => imports.map((one) => one[part]).join("\n  ");
  return `(component
  ${writer.lines.join("\n  ")}
  (type $bytes (list u8))
  ${all("declared")}
  ${MEMORY}
  ${all("lowered")}
  (core module $Guest
    (import "memory" "memory" (memory 0))
    (import "memory" "top" (global $top (mut i32)))
    ${types.map(importOf).join("\n    ")}
    ${types.map(functionsOf).join("\n    ")}
    ${IMAGES})
  (core instance $guest (instantiate $Guest (with "memory" (instance $memory)) (with "host" (instance ${all("given")}))))
  ${all("lifted")}
  ${lift("reset", "")}
  ${lift("image", "(result $bytes)")}
  ${lift("restore", `(param "image" $bytes)`)})`;
}

/** Whether a function that answers a `type` leaves it in memory. */
export function spills(type: Type): boolean {
  return flatten(type).length > 1;
}

function parametersOf(type: Type): string[] {
  const flat = flatten(type);
  return flat.length > FLAT_MAX ? ["i32"] : flat;
}

function importOf(type: Type, index: number): string {
  const params = [...parametersOf(type), ...(spills(type) ? ["i32"] : [])].join(" ");
  return `(import "host" "${index}" (func $host-${index} (param ${params})${spills(type) ? "" : ` (result ${flatten(type).join(" ")})`}))`;
}

function functionsOf(type: Type, index: number): string {
  const params = parametersOf(type);
  const place = (at: number): string => `(i32.const ${PARAMETERS + 8 * at})`;
  const keep = params.map((core, at) => `(${core}.store ${place(at)} (local.get ${at}))`).join(" ");
  const kept = params.map((core, at) => `(${core}.load ${place(at)})`).join(" ");
  const call = spills(type)
    ? `(call $host-${index} ${kept} (i32.const ${RESULT})) (i32.const ${RESULT})`
    : `(call $host-${index} ${kept})`;
  const result = `(result ${spills(type) ? "i32" : flatten(type).join(" ")})`;
  return `(func (export "run-${index}") (param ${params.join(" ")}) ${result} ${keep} ${call})
    (func (export "replay-${index}") ${result} ${call})
    (func (export "again-${index}") (result i32) (i32.const ${RESULT}))`;
}
