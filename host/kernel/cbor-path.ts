import { DoterosError } from "../contract/error.ts";
import { CBOR_PATHS_BYTES_MAX, CBOR_PATHS_MAX } from "../contract/limits.ts";

/** The way to a part of a document: texts and integers are keys of maps, integers from 0 on also places in arrays. */
export type CborPath = readonly (string | number)[];

/** Where one step leads. */
interface Edge {
  slot: number;
  node: Node | undefined;
}

type Node = Map<string | number, Edge>;

/** Paths as the kernel reads them, and which slot each of them fills. */
export interface CompiledPaths {
  readonly program: Uint8Array;
  readonly slots: number;
  /** The slot of each path, in the order they were given; paths that are the same share one. */
  readonly slotOf: readonly number[];
}

// The layout is described in capsules-as/kernels/cbor/project.ts.
const NODE_BYTES = 8;
const EDGE_BYTES = 32;

/**
 * Joins paths to a tree and writes it down for the kernel.
 *
 * @throws {DoterosError} `wrong-value` for a path that leads nowhere; `limit-exceeded` for too many or too long ones
 */
export function compilePaths(paths: readonly CborPath[]): CompiledPaths {
  if (paths.length === 0 || paths.length > CBOR_PATHS_MAX) {
    throw new DoterosError(paths.length === 0 ? "wrong-value" : "limit-exceeded", `a projection of ${paths.length} paths`, {
      help: `give 1 to ${CBOR_PATHS_MAX}`,
    });
  }
  const root: Node = new Map();
  let slots = 0;
  const slotOf = paths.map((path, index) => {
    const edge = edgeOf(root, path, index);
    if (edge.slot < 0) {
      edge.slot = slots;
      slots += 1;
    }
    return edge.slot;
  });
  return { program: write(root), slots, slotOf };
}

/** The last edge of a path, made with all before it when it is new. */
function edgeOf(root: Node, path: CborPath, index: number): Edge {
  let node = root;
  let edge: Edge | undefined;
  for (const step of path) {
    if (typeof step === "number" && !Number.isSafeInteger(step)) {
      throw new DoterosError("wrong-value", `the step ${step} of path ${index} is no integer`, { help: "steps are texts and integers" });
    }
    if (edge !== undefined) node = edge.node ??= new Map();
    // -0 and 0 are one key of a Map, and so they are here.
    edge = node.get(step) ?? { slot: -1, node: undefined };
    node.set(step, edge);
  }
  if (edge === undefined) throw new DoterosError("wrong-value", `path ${index} has no steps`, { help: "a path has at least one step" });
  return edge;
}

function write(root: Node): Uint8Array {
  const encoder = new TextEncoder();
  const bytes = new Uint8Array(CBOR_PATHS_BYTES_MAX);
  const view = new DataView(bytes.buffer);
  let end = 0;
  const take = (size: number): number => {
    const at = end;
    end += (size + 7) & ~7;
    if (end <= bytes.length) return at;
    throw new DoterosError("limit-exceeded", `paths that take more than ${bytes.length} bytes`, { help: "make several projections" });
  };
  const writeEdge = (at: number, step: string | number, { slot, node }: Edge): void => {
    view.setInt32(at + 4, slot, true);
    if (typeof step === "string") {
      const text = encoder.encode(step);
      const place = take(text.length);
      bytes.set(text, place);
      view.setUint32(at, 1, true);
      view.setUint32(at + 16, text.length, true);
      view.setUint32(at + 20, place, true);
    } else view.setBigInt64(at + 8, BigInt(step), true);
    if (node !== undefined) view.setUint32(at + 24, writeNode(node), true);
  };
  const writeNode = (node: Node): number => {
    const at = take(NODE_BYTES + node.size * EDGE_BYTES);
    view.setUint32(at, node.size, true);
    let edgeAt = at + NODE_BYTES;
    for (const [step, edge] of node) {
      writeEdge(edgeAt, step, edge);
      edgeAt += EDGE_BYTES;
    }
    return at;
  };
  writeNode(root);
  return bytes.slice(0, end);
}
