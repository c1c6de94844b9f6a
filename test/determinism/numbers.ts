import { capsuleOf } from "../fixture/crime.ts";

/**
 * A capsule that computes with what its message holds, and puts what comes of it under the key `0000`: sums and roots of
 * floating-point numbers, NaNs of all kinds among them; how far its memory could grow; it calls itself as deep as the third byte
 * says, and traps when the second one is 7. The first says by how many pages it
 * grows, and whether it traps when it may not.
 */
export const NUMBERS = capsuleOf({
  body: `
    (if (i32.eq (i32.load8_u offset=1 (local.get $payload)) (i32.const 7)) (then unreachable))
    (i32.store (i32.const 512) (memory.grow (i32.and (i32.load8_u (local.get $payload)) (i32.const 3))))
    (if (i32.and (i32.load8_u (local.get $payload)) (i32.shr_u (i32.load (i32.const 512)) (i32.const 31))) (then unreachable))
    (call $down (i32.mul (i32.load8_u offset=2 (local.get $payload)) (i32.const 20)))
    (call $compute (local.get $payload) (i32.shr_u (local.get $length) (i32.const 3)))
    (call $put (i32.const 16) (i32.const 4) (i32.const 512) (i32.const 64) (i32.const 64))`,
  extra: `
    (func $down (param i32) (if (local.get 0) (then (call $down (i32.sub (local.get 0) (i32.const 1))))))
    (func $compute (param $at i32) (param $left i32) (local $x f64) (local $sum f64) (local $root f64) (local $single f32) (local $bits i64)
      (local.set $sum (f64.const 1))
      (block $done (loop $next
        (br_if $done (i32.eqz (local.get $left)))
        (local.set $x (f64.load align=1 (local.get $at)))
        (local.set $sum (f64.div (f64.add (local.get $sum) (local.get $x)) (f64.sub (local.get $x) (f64.const 0.1))))
        (local.set $root (f64.sqrt (f64.mul (local.get $sum) (local.get $root))))
        (local.set $root (f64.min (f64.max (local.get $root) (local.get $x)) (f64.nearest (local.get $sum))))
        (local.set $single (f32.div (f32.demote_f64 (local.get $x)) (f32.add (local.get $single) (f32.const 0.3))))
        (local.set $bits (i64.rotl (i64.xor (local.get $bits) (i64.reinterpret_f64 (f64.copysign (local.get $root) (local.get $sum)))) (i64.const 7)))
        (local.set $bits (i64.add (local.get $bits) (i64.trunc_sat_f64_s (local.get $sum))))
        (local.set $bits (i64.xor (local.get $bits) (i64.extend_i32_u (i32.reinterpret_f32 (local.get $single)))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $next)))
      (i64.store (i32.const 520) (local.get $bits))
      (f64.store (i32.const 528) (local.get $sum))
      (f64.store (i32.const 536) (local.get $root))
      (f32.store (i32.const 544) (local.get $single)))`,
});
