// CEL, compiled once; the request is an object, as ours is.
import { run as compile } from "@bufbuild/cel";
import * as cel from "@bufbuild/cel";

const RULE = 'method == "PUT" && size(path) == 2 && path[0] == "pets" && user == owner';

/** Decides the pet rule. */
export function makeDecider() {
  const environment = cel.celEnv();
  const program = cel.plan === undefined ? undefined : cel.plan(environment, cel.parse(RULE));
  return (request) => (program === undefined ? compile(RULE, request) : program(request)) === true;
}
