/** A message of nothing but its payload, as core values, of which the last two count. */
const PARAMS = `(param ${"i32 ".repeat(13)}) (param $at i32) (param $length i32)`;

/** What greedy can do, by the letter that a message begins with; the number after it is $n. */
const CASES: Readonly<Record<string, string>> = {
  // Never ends.
  s: "(loop $again (br $again))",
  // Goes so many times around.
  w: "(loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))",
  // Calls itself so deep.
  r: "(drop (call $deep (local.get $n)))",
  // Grows its memory by so many pages, and remembers what that answered.
  g: '(i32.store (i32.const 512) (memory.grow (local.get $n))) (call $put (i32.const 256) (i32.const 5) (i32.const 512) (i32.const 4) (i32.const 64))',
  // The same of its table.
  b: '(i32.store (i32.const 512) (table.grow (ref.null func) (local.get $n))) (call $put (i32.const 256) (i32.const 5) (i32.const 512) (i32.const 4) (i32.const 64))',
  // Grows its memory by so many pages, and traps when that is refused, as allocators do.
  m: "(if (i32.eq (memory.grow (local.get $n)) (i32.const -1)) (then unreachable))",
  // Remembers the bits of NaNs that arithmetic makes.
  f: `(f64.store (i32.const 512) (f64.div (f64.const 0) (f64.const 0)))
      (f64.store (i32.const 520) (f64.sqrt (f64.neg (f64.convert_i32_u (local.get $n)))))
      (f32.store (i32.const 528) (f32.sub (f32.const inf) (f32.const inf)))
      (f32.store (i32.const 532) (f32.min (f32.const nan:0x200001) (f32.convert_i32_u (local.get $n))))
      (f64.store (i32.const 536) (f64.promote_f32 (f32.const -nan:0x7)))
      (call $put (i32.const 264) (i32.const 3) (i32.const 512) (i32.const 32) (i32.const 64))`,
  // Remembers $n bytes, $n % 10 + 1 times, each time under another key, until that is refused.
  p: `(local.set $times (i32.add (i32.rem_u (local.get $n) (i32.const 10)) (i32.const 1)))
      (loop $again
        (i32.store8 (i32.const 264) (i32.add (i32.const 64) (local.get $times)))
        (call $put (i32.const 264) (i32.const 1) (i32.const 4096) (local.get $n) (i32.const 64))
        (br_if $again (i32.and
          (i32.ne (local.tee $times (i32.sub (local.get $times) (i32.const 1))) (i32.const 0))
          (i32.eqz (i32.load8_u (i32.const 64))))))`,
  // Ways to trap.
  u: "unreachable",
  d: "(drop (i32.div_u (local.get $n) (i32.const 0)))",
  o: "(drop (i32.load (i32.const -1)))",
  i: "(call_indirect (i32.const 0))",
  c: "(drop (i32.trunc_f64_s (f64.const 1e300)))",
  t: "(table.set (i32.const 1000000) (ref.null func))",
};

/** A capsule that asks for more than it should, as its messages say: a letter, then digits. */
export const GREEDY = `(module
  (import "doteros:capsule/state@0.1.0" "put" (func $put (param i32 i32 i32 i32 i32)))
  (memory (export "memory") 2)
  (table 1 funcref)
  (data (i32.const 256) "grown   nan")
  (global $heap (mut i32) (i32.const 4096))
  (func (export "cabi_realloc") (param i32 i32 i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $heap))
    (global.set $heap (i32.and (i32.add (i32.add (local.get $at) (local.get $size)) (i32.const 7)) (i32.const -8)))
    (local.get $at))
  (func (export "cabi_post_doteros:capsule/handler@0.1.0#handle") (param i32) (global.set $heap (i32.const 4096)))
  (func $deep (param $n i32) (result i32)
    (if (result i32) (local.get $n)
      (then (i32.add (call $deep (i32.sub (local.get $n) (i32.const 1))) (i32.const 1)))
      (else (i32.const 0))))
  (func (export "doteros:capsule/handler@0.1.0#handle") ${PARAMS} (result i32)
    (local $op i32) (local $n i32) (local $times i32) (local $end i32)
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (local.set $op (i32.load8_u (local.get $at)))
    (block $read (loop $next
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $read (i32.ge_u (local.get $at) (local.get $end)))
      (local.set $n (i32.add (i32.mul (local.get $n) (i32.const 10)) (i32.sub (i32.load8_u (local.get $at)) (i32.const 48))))
      (br $next)))
    (i32.store8 (i32.const 64) (i32.const 0))
    ${Object.entries(CASES).map(([op, body]) => `(if (i32.eq (local.get $op) (i32.const ${op.charCodeAt(0)})) (then ${body}))`).join("\n    ")}
    (i32.const 64)))`;
