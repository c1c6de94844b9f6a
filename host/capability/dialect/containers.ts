import { utf8Length } from "../../store/utf8-order.ts";
import { Space } from "../space.ts";
import type { Transition } from "../transition.ts";
import { IncomingValue } from "./blob-value.ts";
import { Container, head } from "./container.ts";
import { faultText, inTerms, refuse } from "./dialect.ts";

/** The name of a container, in UTF-8 bytes: the names of objects have the rest. */
const NAME_BYTES_MAX = 64;

interface ObjectId {
  readonly container: string;
  readonly object: string;
}

/** The functions of wasi:blobstore that are for all containers of a capsule. */
export function containers(transition: Transition): object {
  const all = new Space(transition, "c", [], "blobstore/");
  const exists = (name: string): boolean => inTerms(faultText, () => all.get(name)) !== undefined;
  const open = (name: string): Container => new Container(name, all, new Space(transition, "b", [name], `blobstore/${name}/`));
  const getContainer = (name: string): Container => (exists(name) ? open(name) : refuse(`there is no container named ${name}`));
  const copyObject = (from: ObjectId, to: ObjectId): void => {
    const value = getContainer(from.container).getData(from.object, 0n, (1n << 64n) - 1n);
    const bytes = IncomingValue.incomingValueConsumeSync(value);
    const target = getContainer(to.container);
    inTerms(faultText, () => target.write(to.object, { bytes: (room) => shifted(bytes, room) }));
  };
  return {
    getContainer,
    containerExists: exists,
    copyObject,
    createContainer(name: string) {
      if (name === "" || name.includes("\0") || utf8Length(name) > NAME_BYTES_MAX) {
        refuse(`a container cannot have that name: it has 1 to ${NAME_BYTES_MAX} bytes, and none of them is 0`);
      }
      if (exists(name)) refuse(`there is a container named ${name} already`);
      inTerms(faultText, () => all.put(name, head(transition)));
      return open(name);
    },
    deleteContainer(name: string) {
      getContainer(name).clear();
      inTerms(faultText, () => all.delete(name));
    },
    moveObject(from: ObjectId, to: ObjectId) {
      copyObject(from, to);
      if (from.container !== to.container || from.object !== to.object) getContainer(from.container).deleteObject(from.object);
    },
  };
}

function shifted(bytes: Uint8Array, room: number): Uint8Array {
  const whole = new Uint8Array(room + bytes.length);
  whole.set(bytes, room);
  return whole;
}
