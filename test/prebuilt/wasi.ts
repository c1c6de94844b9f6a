import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { Extern } from "../../host/component/index.ts";
import type { Entry } from "./record.ts";

type Module = Record<string, Record<string, unknown>>;

interface ShimModule {
  readonly WASIShim: new (options: object) => { getImportObject(): Record<string, unknown> };
}

// jco brings its WASI 0.2 along; it is not a package that this one installs.
const require = createRequire(createRequire(import.meta.url).resolve("@bytecodealliance/jco"));
const load = async (name: string): Promise<unknown> =>
  import(/* @vite-ignore */ pathToFileURL(require.resolve(`@bytecodealliance/preview2-shim/${name}`)).href);
const { WASIShim } = (await load("instantiation")) as ShimModule;
const io = (await load("io")) as Module;
const cli = (await load("cli")) as Module;
const clocks = (await load("clocks")) as Module;

/** A pollable of the shim's that has nothing to wait for. */
function ready(): unknown {
  return (clocks["monotonicClock"] as { subscribeDuration(duration: bigint): unknown }).subscribeDuration(0n);
}

/** An input that has ended. Like the shim's own streams, it throws the error case itself and no Error. */
class EndedInput {
  read(): never {
    throw Object.freeze({ tag: "closed" });
  }
  blockingRead(): never {
    return this.read();
  }
  subscribe(): unknown {
    return ready();
  }
}

/** An output whose text goes to the record. */
class RecordedOutput {
  readonly #name: string;
  readonly #log: Entry[];
  constructor(name: string, log: Entry[]) {
    this.#name = name;
    this.#log = log;
  }
  checkWrite(): bigint {
    return 4096n;
  }
  write(bytes: Uint8Array): void {
    this.#log.push({ host: this.#name, args: new TextDecoder().decode(bytes) });
  }
  blockingWriteAndFlush(bytes: Uint8Array): void {
    this.write(bytes);
  }
  flush(): void {
    this.#log.push({ host: this.#name, args: "flush" });
  }
  blockingFlush(): void {
    this.flush();
  }
  subscribe(): unknown {
    return ready();
  }
}

/** What of WASI 0.2 is wanted, from jco's shim, without a file system; all else is the same in every run. */
export function wasiImports(log: Entry[], wanted: readonly Extern[]): Record<string, unknown> {
  const shim = recordedShim(log).getImportObject();
  const names = wanted.map(({ name }) => name).filter((name) => name.includes("@0.2.") && baseOf(name) in shim);
  return Object.fromEntries(names.map((name) => [name, shim[baseOf(name)]]));
}

function baseOf(name: string): string {
  return name.replace(/@.*/, "");
}

function recordedShim(log: Entry[]): InstanceType<ShimModule["WASIShim"]> {
  const output = new RecordedOutput("stdout", log);
  const errors = new RecordedOutput("stderr", log);
  let now = 0n;
  return new WASIShim({
    sandbox: { preopens: {}, env: { GREETING: "hello" }, args: ["guest", "--argument"], enableNetwork: false },
    io: { ...io, streams: { ...io["streams"], InputStream: EndedInput, OutputStream: RecordedOutput } },
    cli: {
      ...cli,
      environment: { ...cli["environment"], initialCwd: () => "/" },
      exit: { exit: ({ tag }: { tag: string }) => exit(log, tag) },
      stdin: { getStdin: () => new EndedInput() },
      stdout: { getStdout: () => output },
      stderr: { getStderr: () => errors },
    },
    clocks: {
      ...clocks,
      monotonicClock: { ...clocks["monotonicClock"], now: () => (now += 1000n), resolution: () => 1000n },
      wallClock: { now: () => ({ seconds: (now += 1n), nanoseconds: 5 }), resolution: () => ({ seconds: 0n, nanoseconds: 1 }) },
    },
    random: {
      random: {
        getRandomBytes: (length: bigint) => Uint8Array.from({ length: Number(length) }, (_, at) => at * 7),
        getRandomU64: () => 0x0123_4567_89ab_cdefn,
      },
    },
  });
}

function exit(log: Entry[], tag: string): never {
  log.push({ host: "exit", args: tag });
  throw new Error("the guest ended itself");
}
