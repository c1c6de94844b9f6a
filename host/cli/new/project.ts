import type { Plan } from "./plan.ts";
import { capsuleProject } from "./template/capsule.ts";
import { pluginProject } from "./template/plugin.ts";

/** The files of a new project, by their paths. The same plan gives the same files. */
export function projectFiles(plan: Plan): ReadonlyMap<string, string> {
  return new Map(Object.entries(plan.template === "plugin" ? pluginProject(plan) : capsuleProject(plan)));
}
