// Reads .wast scripts: parenthesised forms whose strings may hold any bytes.

const encoder = new TextEncoder();

/**
 * @typedef {{ string: Uint8Array }} StringToken
 * @typedef {{ start: number, end: number, line: number, items: (string | StringToken | Form)[] }} Form
 */

/** The top-level forms of a script. @param {string} text @returns {Form[]} */
export function readScript(text) {
  const forms = [];
  let at = 0;
  let line = 1;

  const skipBlank = () => {
    for (;;) {
      const char = text[at];
      if (char === "\n") line++;
      if (char === " " || char === "\t" || char === "\r" || char === "\n") at++;
      else if (text.startsWith(";;", at)) while (at < text.length && text[at] !== "\n") at++;
      else if (text.startsWith("(;", at)) skipBlock();
      else return;
    }
  };
  const skipBlock = () => {
    let depth = 0;
    do {
      const two = text.slice(at, at + 2);
      if (two === "(;") depth++;
      if (two === ";)") depth--;
      if (text[at] === "\n") line++;
      at += two === "(;" || two === ";)" ? 2 : 1;
    } while (depth > 0 && at < text.length);
  };
  const readString = () => {
    const bytes = [];
    at++;
    while (text[at] !== '"') {
      if (text[at] === "\n") line++;
      if (text[at] !== "\\") {
        const point = text.codePointAt(at);
        const char = String.fromCodePoint(point);
        bytes.push(...encoder.encode(char));
        at += char.length;
        continue;
      }
      const escape = text[at + 1];
      const simple = { t: 9, n: 10, r: 13, '"': 34, "'": 39, "\\": 92 }[escape];
      if (simple !== undefined) {
        bytes.push(simple);
        at += 2;
      } else if (escape === "u") {
        const end = text.indexOf("}", at);
        bytes.push(...encoder.encode(String.fromCodePoint(Number.parseInt(text.slice(at + 3, end), 16))));
        at = end + 1;
      } else {
        bytes.push(Number.parseInt(text.slice(at + 1, at + 3), 16));
        at += 3;
      }
    }
    at++;
    return { string: Uint8Array.from(bytes) };
  };
  const readForm = () => {
    const form = { start: at, end: 0, line, items: [] };
    at++;
    for (;;) {
      skipBlank();
      if (at >= text.length) throw new Error(`line ${form.line}: the form is not closed`);
      if (text[at] === ")") break;
      if (text[at] === "(") form.items.push(readForm());
      else if (text[at] === '"') form.items.push(readString());
      else {
        const start = at;
        while (at < text.length && !/[\s()";]/.test(text[at])) at++;
        form.items.push(text.slice(start, at));
      }
    }
    form.end = ++at;
    return form;
  };

  for (skipBlank(); at < text.length; skipBlank()) {
    if (text[at] !== "(") throw new Error(`line ${line}: expected a form`);
    forms.push(readForm());
  }
  return forms;
}

/** The text of a string token. @param {unknown} token */
export function textOf(token) {
  return new TextDecoder("utf-8", { fatal: true }).decode(token.string);
}

/** Joins the string tokens of a form. @param {unknown[]} items @returns {Uint8Array} */
export function joinStrings(items) {
  const bytes = [];
  for (const item of items) if (item.string !== undefined) bytes.push(...item.string);
  return Uint8Array.from(bytes);
}
