import { BLOCK_OF } from "./plugin.ts";

/** A plugin that counts the vowels of its input, and in a variable those of all inputs: as long as each are less than ten. */
export const VOWELS = `
  (data (i32.const 0) "{\\22count\\22:0,\\22total\\22:0}") (data (i32.const 32) "total") (data (i32.const 40) "aeiouAEIOU")
  ${BLOCK_OF}
  (func $vowels (result i32) (local $at i64) (local $letter i32) (local $i i32) (local $count i32)
    (block $end (loop $next
      (br_if $end (i64.eq (local.get $at) (call $input_length)))
      (local.set $letter (call $input_load_u8 (local.get $at)))
      (local.set $i (i32.const 0))
      (loop $compare
        (if (i32.eq (local.get $letter) (i32.load8_u offset=40 (local.get $i))) (then (local.set $count (i32.add (local.get $count) (i32.const 1)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $compare (i32.lt_u (local.get $i) (i32.const 10))))
      (local.set $at (i64.add (local.get $at) (i64.const 1)))
      (br $next)))
    (local.get $count))
  (func (export "count_vowels") (result i32) (local $count i32) (local $total i32) (local $kept i64)
    (local.set $count (call $vowels))
    (local.set $total (local.get $count))
    (local.set $kept (call $var_get (call $block_of (i32.const 32) (i32.const 5))))
    (if (i64.ne (local.get $kept) (i64.const 0)) (then (local.set $total (i32.add (local.get $total) (call $load_u8 (local.get $kept))))))
    (i32.store8 (i32.const 64) (local.get $total))
    (call $var_set (call $block_of (i32.const 32) (i32.const 5)) (call $block_of (i32.const 64) (i32.const 1)))
    (i32.store8 (i32.const 9) (i32.add (i32.const 48) (local.get $count)))
    (i32.store8 (i32.const 19) (i32.add (i32.const 48) (local.get $total)))
    (call $output_set (call $block_of (i32.const 0) (i32.const 21)) (i64.const 21))
    (i32.const 0))
  (func (export "spin") (loop $on (br $on)))`;
