/** Where a store has its files: see store/open.ts. */
const ROOT = "doteros-wasm";

/** What dedicated workers read and write files with; the types of pages lack it. */
interface SyncFile {
  getSize(): number;
  read(bytes: Uint8Array, options: { readonly at: number }): number;
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  flush(): void;
  close(): void;
}

/**
 * A short text that is kept in the folder of a store of this site; made when it is not there. Whoever runs scripts on this
 * site can read it. Call it in a dedicated worker that has the store open.
 */
export async function keptText(store: string, name: string, make: () => string): Promise<string> {
  const root = await (await navigator.storage.getDirectory()).getDirectoryHandle(ROOT, { create: true });
  const folder = await root.getDirectoryHandle(store, { create: true });
  const file = (await folder.getFileHandle(name, { create: true })) as unknown as { createSyncAccessHandle(): Promise<SyncFile> };
  const handle = await file.createSyncAccessHandle();
  try {
    const bytes = new Uint8Array(handle.getSize());
    handle.read(bytes, { at: 0 });
    if (bytes.length > 0) return new TextDecoder().decode(bytes);
    const text = make();
    handle.write(new TextEncoder().encode(text), { at: 0 });
    handle.flush();
    return text;
  } finally {
    handle.close();
  }
}
