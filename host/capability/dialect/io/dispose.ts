/** The name of the method that is called when a component drops a resource of the host's; a few browsers do not have the symbol yet. */
export const DISPOSE: typeof Symbol.dispose = (Symbol as { readonly dispose?: typeof Symbol.dispose }).dispose ?? (Symbol.for("dispose") as typeof Symbol.dispose);
