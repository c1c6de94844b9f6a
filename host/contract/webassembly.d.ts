// What the host uses of the WebAssembly JavaScript API. Apart from globals.d.ts because Node's own types lack it: what names
// Node takes the other globals from there and these from here.

declare namespace WebAssembly {
  type ImportValue = CallableFunction | Memory | Table | Global | Tag | number | bigint | object | null;
  type Imports = Record<string, Record<string, ImportValue>>;
  type Kind = "function" | "table" | "memory" | "global" | "tag";
  class Module {
    constructor(bytes: Uint8Array);
    static exports(module: Module): { name: string; kind: Kind }[];
    static imports(module: Module): { module: string; name: string; kind: Kind }[];
    static customSections(module: Module, name: string): ArrayBuffer[];
  }
  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Record<string, ImportValue>;
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(delta: number | bigint): number;
  }
  class Table {
    constructor(descriptor: { element: "anyfunc" | "externref"; initial: number; maximum?: number });
    readonly length: number;
    get(index: number): unknown;
    set(index: number, value: unknown): void;
  }
  class Global {
    constructor(descriptor: { value: string; mutable: boolean }, value: number | bigint);
    value: unknown;
  }
  class Tag {
    private readonly tag: never;
  }
  class RuntimeError extends Error {}
  class CompileError extends Error {}
  class LinkError extends Error {}
  class Exception {
    private readonly exception: never;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
  function validate(bytes: Uint8Array): boolean;
}
