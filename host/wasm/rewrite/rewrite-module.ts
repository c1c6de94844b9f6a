import { DoterosError } from "../../contract/error.ts";
import { ByteReader } from "../reader.ts";
import { ModuleFacts } from "./module-facts.ts";
import { ModuleWriter, type Section } from "./module-writer.ts";
import type { RewriteOptions, RewrittenModule } from "./rewritten-module.ts";

/**
 * Rewrites a core module so that it can be held to limits, in every engine at the same instruction. What the module meant stays
 * as it is: it cannot tell, and it cannot reach what was added, for all its indices are those of the module before.
 *
 * @param bytes a core module
 * @throws DoterosError `invalid` when the engine says so, `unsupported` for threads, relaxed SIMD and what the rewriter does not
 *   know, `limit-exceeded` when it begins with more memory or larger tables than it may have
 * @example
 * ```ts
 * const [module] = prepare(bytes).modules; // the first core module of a component
 * const rewritten = rewriteModule(module, { fuel: true, stack: true, memoryPagesMax: 256 });
 * rewritten.countersFrom; // "doteros:limits"
 * WebAssembly.validate(rewritten.bytes); // true
 * ```
 */
export function rewriteModule(bytes: Uint8Array, options: RewriteOptions): RewrittenModule {
  validate(bytes);
  try {
    const facts = new ModuleFacts(bytes);
    const sections = readSections(bytes);
    for (const { id, content, end } of sections) facts.read(id, new ByteReader(bytes, content, end));
    return new ModuleWriter(bytes, facts, options).write(sections);
  } catch (error) {
    // The engine has taken the module, so what cannot be read is new, not wrong.
    if (!(error instanceof DoterosError) || error.code !== "malformed") throw error;
    throw new DoterosError("unsupported", `the module has something that the rewriter does not know: ${error.message}`, { cause: error });
  }
}

/** Indices that are wrong before could be right after, so the engine looks first. */
function validate(bytes: Uint8Array): void {
  if (WebAssembly.validate(bytes)) return;
  const cause = reasonOf(bytes);
  throw new DoterosError("invalid", `the module is invalid: ${cause instanceof Error ? cause.message : "the engine refuses it"}`, { cause });
}

/** What the engine throws when it is to compile what it has called invalid. */
function reasonOf(bytes: Uint8Array): unknown {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    return error;
  }
}

const PREAMBLE_BYTES = 8;

function readSections(bytes: Uint8Array): Section[] {
  const sections: Section[] = [];
  for (const reader = new ByteReader(bytes, PREAMBLE_BYTES); !reader.done; ) {
    const start = reader.position;
    const id = reader.byte();
    const { position, end } = reader.section(reader.u32());
    sections.push({ id, start, content: position, end });
  }
  return sections;
}
