import type { Canon } from "../canon.ts";
import { handlesOf } from "../handle-table.ts";
import type { RuntimeResource } from "../instance.ts";
import { representationOf, resourceObject, takeRepresentation } from "../resource.ts";
import { trap } from "../trap.ts";
import type { Codec } from "./codec.ts";

function handleCodec(lift: (cx: Canon, index: number) => unknown, lower: (cx: Canon, value: unknown) => number): Codec {
  return {
    size: 4,
    align: 4,
    flat: ["i32"],
    load: (cx, pointer) => lift(cx, cx.view.getUint32(pointer, true)),
    store: (cx, value, pointer) => cx.view.setUint32(pointer, lower(cx, value), true),
    lift: (cx, values, at) => lift(cx, (values[at] as number) >>> 0),
    lower: (cx, value, values, at) => {
      values[at] = lower(cx, value);
    },
  };
}

/** An owned handle: the resource leaves one side's table and enters the other's. */
export function own(resource: RuntimeResource): Codec {
  return handleCodec(
    (cx, index) => {
      const handle = handlesOf(cx.instance).remove(index, resource);
      if (!handle.owned) trap("cannot lift a borrowed handle as an owned one");
      return resourceObject(resource, handle.representation, true);
    },
    (cx, value) => handlesOf(cx.instance).add(resource, takeRepresentation(resource, value), true),
  );
}

/** A borrowed handle: lent for the time of one call. */
export function borrow(resource: RuntimeResource): Codec {
  return handleCodec(
    (cx, index) => {
      const handle = handlesOf(cx.instance).get(index, resource);
      handle.lends++;
      cx.instance.lent.push(handle);
      return resourceObject(resource, handle.representation, false);
    },
    (cx, value) => {
      const representation = representationOf(resource, value);
      if (cx.instance === resource.definer) return representation as number;
      cx.instance.borrows++;
      return handlesOf(cx.instance).add(resource, representation, false);
    },
  );
}
