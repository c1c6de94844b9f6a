import { COMPONENT_BYTES_MAX } from "../contract/limits.ts";
import { readBytes } from "./file.ts";

/**
 * The components, or modules, that are linked, by what they are linked for.
 *
 * @throws DoterosError `unreadable-input` or `limit-exceeded`
 */
export async function readLinks(files: Readonly<Record<string, string>>): Promise<Record<string, Uint8Array>> {
  const links: Record<string, Uint8Array> = {};
  for (const [name, file] of Object.entries(files)) links[name] = await readBytes(file, `the component for ${name}`, COMPONENT_BYTES_MAX);
  return links;
}
