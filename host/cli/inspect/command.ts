import type { Command } from "../command.ts";
export const inspectCommand: Command = { name: "inspect", summary: "show what a component is and asks for", help: "", options: {}, run: async () => 0 };
