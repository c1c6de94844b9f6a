import { RE2JS } from "re2js";
import type { Value } from "../value/value.ts";
import { quote } from "../value/text.ts";
import { intersects } from "./regex-glob.ts";
import { asInteger, asString, type BuiltinFamily, type Context, Failure } from "./table.ts";

/** Regular expressions of RE2: time grows with the text's length only. */
export const regex: BuiltinFamily = {
  "regex.is_valid": [1, (pattern: Value) => typeof pattern === "string" && isValid(pattern)],
  "regex.match": [2, matches],
  re_match: [2, matches],
  "regex.split": [2, split],
  "regex.find_n": [3, (pattern: Value, text: Value, limit: Value, context: Context) => findAll(pattern, text, limit, context).map(([whole]) => whole as Value)],
  "regex.find_all_string_submatch_n": [3, findAll],
  "regex.replace": [3, replace],
  "regex.template_match": [4, matchTemplate],
  "regex.globs_match": [2, (a: Value, b: Value) => intersects(asString(a, 1), asString(b, 2))],
};

/** How many compiled expressions are kept. */
const KEPT_MAX = 256;
/** The expressions used of late, over all evaluations: they hold nothing but their pattern. */
const KEPT = new Map<string, RE2JS>();

/** A compiled expression. @throws Failure when it is none */
export function compileRegex(pattern: string, context: Context): RE2JS {
  const known = KEPT.get(pattern);
  if (known !== undefined) return known;
  context.charge(pattern.length);
  try {
    const compiled = RE2JS.compile(pattern);
    if (KEPT.size >= KEPT_MAX) KEPT.clear();
    KEPT.set(pattern, compiled);
    return compiled;
  } catch (error) {
    throw new Failure(error instanceof Error ? error.message : String(error));
  }
}

function isValid(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}

function matches(pattern: Value, text: Value, context: Context): boolean {
  const subject = asString(text, 2);
  context.charge(subject.length >> 4);
  return compileRegex(asString(pattern, 1), context).matcher(subject).find();
}

/** Each match with its groups, as Go finds them: an empty one right behind another does not count. */
function findAll(pattern: Value, text: Value, limit: Value, context: Context): readonly (readonly Value[])[] {
  const source = asString(pattern, 1);
  const subject = asString(text, 2);
  const count = asInteger(limit, 3);
  return [...each(compileRegex(source, context), subject, context)].slice(0, count < 0 ? undefined : count).map(({ groups }) => groups);
}

interface Match {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly string[];
}

function* each(expression: RE2JS, text: string, context: Context): Generator<Match> {
  const matcher = expression.matcher(text);
  let before = -1;
  context.charge(text.length >> 4);
  while (matcher.find()) {
    context.charge(1);
    const start = matcher.start();
    const end = matcher.end();
    if (start === end && start === before) continue;
    before = end;
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, group) => matcher.group(group) ?? "");
    yield { start, end, groups };
  }
}

/** Splits as Go does: an empty match at the beginning or the end splits nothing off. */
function split(pattern: Value, text: Value, context: Context): Value {
  const source = asString(pattern, 1);
  const subject = asString(text, 2);
  if (source !== "" && subject === "") return [""];
  const parts: Value[] = [];
  let begin = 0;
  let end = 0;
  for (const match of each(compileRegex(source, context), subject, context)) {
    end = match.start;
    if (match.end !== 0) {
      parts.push(subject.slice(begin, end));
    }
    begin = match.end;
  }
  if (end !== subject.length) parts.push(subject.slice(begin));
  return parts;
}

function replace(text: Value, pattern: Value, by: Value, context: Context): string {
  const subject = asString(text, 1);
  const template = asString(by, 3);
  const expression = compileRegex(asString(pattern, 2), context);
  const names = expression.namedGroups() as Readonly<Record<string, number>>;
  let result = "";
  let last = 0;
  for (const { start, end, groups } of each(expression, subject, context)) {
    result += subject.slice(last, start) + expand(template, groups, names);
    last = end;
    context.charge(result.length >> 12);
  }
  return result + subject.slice(last);
}

/** What `$1`, `$name` and `${name}` stand for; `$$` is a dollar. */
function expand(template: string, groups: readonly string[], names: Readonly<Record<string, number>>): string {
  return template.replaceAll(/\$(?:(\$)|(\w+)|\{(\w+)\})/g, (_whole, dollar: string | undefined, plain: string | undefined, braced: string | undefined) => {
    if (dollar !== undefined) return "$";
    const name = plain ?? braced ?? "";
    const index = /^\d+$/.test(name) ? Number(name) : names[name];
    return index === undefined ? "" : (groups[index] ?? "");
  });
}

function matchTemplate(pattern: Value, text: Value, open: Value, close: Value, context: Context): boolean {
  const template = asString(pattern, 1);
  const subject = asString(text, 2);
  const [start, end] = [asString(open, 3), asString(close, 4)];
  if (start.length !== 1) throw new Failure(`start delimiter has to be exactly one character long but is ${start.length} long`);
  if (end.length !== 1) throw new Failure(`end delimiter has to be exactly one character long but is ${start.length} long`);
  return compileRegex(templatePattern(template, start, end), context).matcher(subject).find();
}

/** A template as a pattern: what stands between the delimiters is one, the rest is meant as it is. */
function templatePattern(template: string, open: string, close: string): string {
  let pattern = "^";
  let level = 0;
  let from = 0;
  for (const [at, char] of Array.from(template).entries()) {
    if (char === open) {
      level += 1;
      if (level === 1) {
        pattern += RE2JS.quote(template.slice(from, at));
        from = at + 1;
      }
    } else if (char === close) {
      level -= 1;
      if (level === 0) {
        pattern += `(${template.slice(from, at)})`;
        from = at + 1;
      }
    }
    if (level < 0) break;
  }
  if (level !== 0) throw new Failure(`unbalanced braces in ${quote(template)}`);
  return `${pattern + RE2JS.quote(template.slice(from))}$`;
}
