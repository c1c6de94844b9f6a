import type { LANGUAGES } from "../javascript/source.ts";

/** What a new project is written in. */
export type Language = (typeof LANGUAGES)[number];

/** What a new project does. */
export const TEMPLATES = ["counter", "empty", "plugin"] as const;

/** One of the templates. */
export type Template = (typeof TEMPLATES)[number];

/** What each language is good for, in a few words. */
export const LANGUAGE_HINTS: Readonly<Record<Language, string>> = {
  typescript: "all of the language, npm packages; components of 1.7 MB",
  javascript: "the same without types",
  assemblyscript: "looks like TypeScript, compiles to WebAssembly; components of a few KB, the fastest calls",
};

/** What each template does, in a few words. */
export const TEMPLATE_HINTS: Readonly<Record<Template, string>> = {
  counter: "counts the readings of each city: state, messages, a fault",
  empty: "handles messages and does nothing yet",
  plugin: "a WIT world of your own, for a host of your own: no state, no messages",
};

/** What can be chosen about a new project. */
export interface Choices {
  readonly name: string;
  readonly language: Language;
  readonly template: Template;
}

/** A project to be written. */
export interface Plan extends Choices {
  /** The folder it goes into. */
  readonly folder: string;
}
