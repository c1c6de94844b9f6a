;; A capsule with moods, for tests: what it does is the first letter of "do" in {"do":"…"}. It always puts its message
;; under the key "k" first, so that what a failure leaves behind shows.
;;   p  publishes the message on said.moody, as JSON
;;   b  publishes two bytes that are not text on said.moody
;;   e  publishes text that would steer a terminal on said.moody
;;   t  publishes, then traps
;;   f  publishes, then answers with a fault
;;   s  counts for a while, then publishes
(module
  (import "doteros:capsule/state@0.1.0" "put" (func $put (param i32 i32 i32 i32 i32)))
  (import "doteros:capsule/messaging@0.1.0" "publish"
    (func $publish (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
  (memory (export "memory") 2)
  (data (i32.const 0) "k")
  (data (i32.const 16) "said.moody")
  (data (i32.const 32) "application/json")
  (data (i32.const 48) "\ff\00")
  (data (i32.const 64) "\1b[2J\nred \c2\9b31m")
  (data (i32.const 96) "it is in a bad mood")
  (global $free (mut i32) (i32.const 4096))

  (func (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.set $free (i32.add (local.get $at) (local.get $size)))
    (local.get $at))

  (func $say (param $json i32) (param $payload i32) (param $length i32)
    (call $publish
      (i32.const 16) (i32.const 10)
      (i32.const 0) (i32.const 0) (i32.const 0)
      (local.get $json) (i32.const 32) (i32.const 16)
      (i32.const 0) (i32.const 0) (i32.const 0)
      (i32.const 0) (i32.const 0)
      (local.get $payload) (local.get $length)
      (i32.const 1024)))

  (func $count
    (local $left i32)
    (local.set $left (i32.const 100000000))
    (loop $more
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $more (local.get $left))))

  (func (export "doteros:capsule/handler@0.1.0#handle")
    (param $subject i32) (param $subject_length i32)
    (param $has_reply i32) (param $reply i32) (param $reply_length i32)
    (param $has_content i32) (param $content i32) (param $content_length i32)
    (param $has_data i32) (param $data i32) (param $data_length i32)
    (param $headers i32) (param $headers_length i32)
    (param $payload i32) (param $length i32)
    (result i32)
    (local $mood i32)
    (global.set $free (i32.const 4096))
    (i32.store (i32.const 2048) (i32.const 0))
    (local.set $mood (i32.load8_u offset=7 (local.get $payload)))
    (call $put (i32.const 0) (i32.const 1) (local.get $payload) (local.get $length) (i32.const 1024))
    (if (i32.eq (local.get $mood) (i32.const 98))
      (then (call $say (i32.const 0) (i32.const 48) (i32.const 2)) (return (i32.const 2048))))
    (if (i32.eq (local.get $mood) (i32.const 101))
      (then (call $say (i32.const 0) (i32.const 64) (i32.const 14)) (return (i32.const 2048))))
    (if (i32.eq (local.get $mood) (i32.const 115)) (then (call $count)))
    (call $say (i32.const 1) (local.get $payload) (local.get $length))
    (if (i32.eq (local.get $mood) (i32.const 116)) (then unreachable))
    (if (i32.eq (local.get $mood) (i32.const 102))
      (then
        (i32.store (i32.const 2048) (i32.const 1))
        (i32.store (i32.const 2052) (i32.const 3))
        (i32.store (i32.const 2056) (i32.const 96))
        (i32.store (i32.const 2060) (i32.const 19))))
    (i32.const 2048)))
