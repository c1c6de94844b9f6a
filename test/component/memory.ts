// What guests written as text stand on: a memory and an allocator that only ever goes on.

/** How strings lie in memory. */
export type Encoding = "utf8" | "utf16" | "latin1+utf16";

/** Where the heap begins, in bytes. */
export const HEAP = 65_536;

/** Text of a component: a core instance $memory with `memory`, `realloc` and `top`, the end of the heap. */
export const MEMORY = `
  (core module $Memory
    (memory (export "memory") 32)
    (global $top (export "top") (mut i32) (i32.const ${HEAP}))
    (func (export "realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
      (local $at i32)
      (local.set $at (i32.sub (i32.add (global.get $top) (local.get $align)) (i32.const 1)))
      (local.set $at (i32.and (local.get $at) (i32.sub (i32.const 0) (local.get $align))))
      (global.set $top (i32.add (local.get $at) (local.get $size)))
      (if (i32.lt_u (local.get $size) (local.get $old-size)) (then (local.set $old-size (local.get $size))))
      (memory.copy (local.get $at) (local.get $old) (local.get $old-size))
      (local.get $at)))
  (core instance $memory (instantiate $Memory))`;

/** The canonical options of a lift or lower through $memory. */
export function optionsOf(encoding: Encoding = "utf8"): string {
  return `(memory (core memory $memory "memory")) (realloc (core func $memory "realloc")) string-encoding=${encoding}`;
}
