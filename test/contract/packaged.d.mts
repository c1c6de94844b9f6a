export const PLATFORM: string;

export function findPackaged(id: string, name: string, version: string, file: string): { readonly program?: string; readonly missing?: string };
