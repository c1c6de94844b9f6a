/**
 * Plugins of Extism: core modules that are capsules in another way.
 *
 * @module
 */
export { PluginComponent } from "./plugin-component.ts";
export { DIALECT } from "./plugin-host.ts";
export { admitPlugin } from "./admit-plugin.ts";
export { isOfPreview1, isProgram } from "./preview1/program.ts";
export { PREVIEW1, PREVIEW1_SIGNATURES } from "./preview1/signatures.ts";
