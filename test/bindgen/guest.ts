import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { generateBindings } from "../../host/cli/bindgen/generate.ts";
import { componentTool, STRINGS } from "../../host/cli/bindgen/tool.ts";
import { plainWit } from "../../host/cli/bindgen/wit-text.ts";
import { readWorld } from "../../host/cli/bindgen/world.ts";
import { compileCore } from "../../host/cli/build/compile.ts";
import type { Memory } from "../../host/cli/build/transform.ts";

const BUILD = join(import.meta.dirname, "..", "..", ".build");

/**
 * Generates the bindings of a world, compiles them with the sources that a person would write, and makes a component. With
 * `isWhole`, the functions of the bindings that the guest does not use are compiled, too; methods are not.
 */
export async function buildGuest(
  wit: string,
  world: string,
  sources: Readonly<Record<string, string>>,
  { isWhole = false, memory }: { readonly isWhole?: boolean; readonly memory?: Memory } = {},
): Promise<Uint8Array> {
  await mkdir(BUILD, { recursive: true });
  const folder = await mkdtemp(join(BUILD, "guest-"));
  try {
    const { files, exports, memory: own } = generateBindings(await readWorld(plainWit(wit), world), world, { memory });
    const all = [...files].map(([name, text]) => [join("bindings", name), text] as const);
    for (const [name, text] of [...all, ...Object.entries(sources)]) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    const others = isWhole ? [...files.keys()].map((name) => `bindings/${name}`) : [];
    const { core } = await compileCore({ folder, entry: "bindings/entry.ts", others, exports, memory: own });
    const { componentEmbed, componentNew } = await componentTool();
    return await componentNew(await componentEmbed({ binary: core, witSource: wit, world, stringEncoding: STRINGS }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
