import { BYTES, PAGES, REFERENCES, WIDE } from "./function-plan.ts";
import { BULK_BASE, GC_BASE } from "./instruction-set.ts";
import type { ModuleFacts, SpaceFacts } from "./module-facts.ts";

/** How the length of an instruction is counted, and how wide it is. `first` and `second` are the indices that follow it. */
export function lengthFlags({ memories, tables }: ModuleFacts, opcode: number, first: number, second: number): number {
  const wide = (spaces: readonly SpaceFacts[], index: number): number => (spaces[index]?.limits.wide === true ? WIDE : 0);
  switch (opcode) {
    case 0x40: // memory.grow
      return PAGES | wide(memories, first);
    case BULK_BASE + 8: // memory.init: the length is that of a segment, always 32 bits
      return BYTES;
    case BULK_BASE + 10: // memory.copy: as wide as the narrower of the two
      return BYTES | (wide(memories, first) & wide(memories, second));
    case BULK_BASE + 11: // memory.fill
      return BYTES | wide(memories, first);
    case BULK_BASE + 12: // table.init
      return REFERENCES;
    case BULK_BASE + 14: // table.copy
      return REFERENCES | (wide(tables, first) & wide(tables, second));
    case BULK_BASE + 15: // table.grow
    case BULK_BASE + 17: // table.fill
      return REFERENCES | wide(tables, first);
    case GC_BASE + 10: // array.new_elem
    case GC_BASE + 19: // array.init_elem
      return REFERENCES;
    default:
      return 0;
  }
}
