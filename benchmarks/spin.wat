;; A capsule for how long it takes to stop one, and what others notice of it. What it does is the first letter of its message:
;;   s  spins for ever
;;   w  works for some two million units of fuel, then publishes on out
;;   anything else: publishes on out
(module
  (import "doteros:capsule/messaging@0.1.0" "publish"
    (func $publish (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
  (memory (export "memory") 2)
  (data (i32.const 0) "out")
  (global $heap (mut i32) (i32.const 1024))

  (func (export "cabi_realloc") (param i32 i32 i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
    (global.set $heap (i32.add (local.get $at) (local.get $size)))
    (local.get $at))

  (func $work
    (local $left i32)
    (local.set $left (i32.const 300000))
    (loop $more
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $more (local.get $left))))

  (func (export "doteros:capsule/handler@0.1.0#handle")
    (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (param $payload i32) (param $length i32)
    (result i32)
    (local $letter i32)
    (global.set $heap (i32.const 1024))
    (local.set $letter (i32.load8_u (local.get $payload)))
    (if (i32.eq (local.get $letter) (i32.const 115)) (then (loop $again (br $again))))
    (if (i32.eq (local.get $letter) (i32.const 119)) (then (call $work)))
    (call $publish
      (i32.const 0) (i32.const 3)
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
      (i32.const 0) (i32.const 0)
      (local.get $payload) (local.get $length)
      (i32.const 64))
    (i32.store8 (i32.const 64) (i32.const 0))
    (i32.const 64)))
