const WORDS = "[a-z][a-z0-9]*(?:-[a-z0-9]+)*";
const NAME = new RegExp(`^${WORDS}:${WORDS}/${WORDS}$`);
const NAME_LENGTH_MAX = 255;

/** What an interface is called that is granted, in words. */
export const INTERFACE_NAME_RULE = "it is a package and an interface, without a version: acme:sensors/reader";

/** Whether a text names an interface, without a version. */
export function isInterfaceName(text: string): boolean {
  return text.length <= NAME_LENGTH_MAX && NAME.test(text);
}

/** The name of an interface without the version that may follow it. */
export function withoutVersion(name: string): string {
  return name.split("@", 1)[0] as string;
}
