/**
 * Plugins of Extism: core modules that are capsules in another way.
 *
 * @module
 */
export { PluginComponent } from "./plugin-component.ts";
export { DIALECT } from "./plugin-host.ts";
export { admitPlugin } from "./admit-plugin.ts";
