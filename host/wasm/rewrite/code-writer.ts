import { ByteWriter } from "../byte-writer.ts";
import type { ByteReader } from "../reader.ts";
import type { CounterIndices } from "./function-code.ts";
import { FunctionPlanner } from "./function-planner.ts";
import { FunctionWriter } from "./function-writer.ts";
import type { ModuleFacts, TypeFacts } from "./module-facts.ts";

const NO_RESULT = 0x40;

/** What is added to the code of a module. */
export interface CodeChanges {
  readonly counters: CounterIndices;
  readonly canonicalNaN: boolean;
  /** How many globals come before the module's own. */
  readonly shift: number;
}

/** Writes the functions of a module again, one after the other. */
export class CodeWriter {
  /** Types to be added: functions of nothing with the results of these. */
  readonly addedTypes: TypeFacts[] = [];
  readonly #places = new Map<TypeFacts, number>();
  readonly #facts: ModuleFacts;
  readonly #changes: CodeChanges;
  readonly #planner: FunctionPlanner;

  constructor(facts: ModuleFacts, changes: CodeChanges) {
    this.#facts = facts;
    this.#changes = changes;
    const { canonicalNaN, shift } = changes;
    this.#planner = new FunctionPlanner(facts, { canonicalNaN, shift, shiftedFrom: facts.importedGlobals });
  }

  get dropsSegments(): boolean {
    return this.#planner.dropsSegments;
  }

  get allocates(): boolean {
    return this.#planner.allocates;
  }

  get changesTables(): boolean {
    return this.#planner.changesTables;
  }

  /** Writes the content of the section. */
  write(section: ByteReader): Uint8Array {
    const { instructions } = this.#facts;
    const writer = new ByteWriter(Math.ceil((section.end - section.position) * 1.75));
    const count = section.u32();
    writer.u32(count);
    instructions.position = section.position;
    for (let index = 0; index < count; index++) this.#writeFunction(writer, this.#facts.importedFunctions + index);
    return writer.finish();
  }

  #writeFunction(writer: ByteWriter, func: number): void {
    const { instructions } = this.#facts;
    const type = this.#facts.typeOf(func);
    instructions.u32();
    const localGroups = instructions.u32();
    const localsStart = instructions.position;
    let locals = 0;
    for (let group = 0; group < localGroups; group++) {
      locals += instructions.u32();
      instructions.skipType();
    }
    const start = instructions.position;
    this.#planner.read(type, locals);
    const source = {
      bytes: instructions.bytes,
      localsStart,
      localGroups,
      start,
      end: instructions.position,
      variables: type.parameters + locals,
      writeResultType: this.#resultType(type),
    };
    const size = writer.openSize();
    new FunctionWriter(writer, source, this.#planner.plan, this.#changes.counters).write();
    writer.closeSize(size);
  }

  #resultType(type: TypeFacts): (writer: ByteWriter) => void {
    return (writer) => {
      if (type.results === 0) writer.byte(NO_RESULT);
      else if (type.results === 1) writer.copy(this.#facts.instructions.bytes, type.resultsStart + 1, type.resultsEnd);
      else writer.signed(this.#facts.types.length + this.#added(type));
    };
  }

  #added(type: TypeFacts): number {
    let place = this.#places.get(type);
    if (place === undefined) this.#places.set(type, (place = this.addedTypes.push(type) - 1));
    return place;
  }
}
