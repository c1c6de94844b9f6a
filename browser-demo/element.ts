/** An element of the page by its id, of the kind that is said. */
export function find<T extends Element>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${kind.name} with the id ${id}`);
}

/** Makes an element: attributes by name, `class` among them, and what is in it. Text stays text. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Readonly<Record<string, string>> = {}, ...children: readonly (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A button that does something. While it does, and what it answers with is not there yet, it cannot be pressed again. */
export function button(text: string, work: () => unknown, kind = ""): HTMLButtonElement {
  const made = make("button", { type: "button", ...(kind === "" ? {} : { class: kind }) }, text);
  onPress(made, work);
  return made;
}

/** The same for a button that is there. */
export function onPress(element: HTMLButtonElement, work: () => unknown): void {
  element.addEventListener("click", () => {
    element.disabled = true;
    void Promise.resolve(work()).finally(() => {
      element.disabled = false;
    });
  });
}
