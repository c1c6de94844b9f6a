import { patternProblem } from "../bus/subject.ts";
import {
  BREAKER_MESSAGES_MAX,
  BREAKER_OPEN_MILLISECONDS_MAX,
  RATE_MESSAGES_MAX,
  RATE_PER_SECOND_MIN,
  RATE_RULES_MAX,
} from "../contract/limits.ts";
import type { BreakerRule, CapsuleLimits, RateRule } from "../contract/manifest.ts";
import type { ManifestReader } from "./manifest-reader.ts";
import { readResourceLimits } from "./read-limits.ts";
import { RESOURCE_NAMES } from "./resource-limits.ts";

/** A pattern of subjects. */
export function readPattern(reader: ManifestReader, value: unknown, path: string): string | undefined {
  const text = reader.text(value, path);
  const problem = text === undefined ? undefined : patternProblem(text);
  return problem === undefined ? text : reader.note(path, `is a pattern that ${problem}`);
}

/** What a manifest says under `limits`. */
export function readLimits(reader: ManifestReader, value: unknown): CapsuleLimits {
  const { rates, breaker, ...resources } = reader.record(value, "limits", ["rates", "breaker", ...RESOURCE_NAMES]);
  return {
    ...readResourceLimits(reader, resources, "limits"),
    ...(rates === undefined ? {} : { rates: readRates(reader, rates) }),
    ...(breaker === undefined ? {} : { breaker: readBreaker(reader, breaker) }),
  };
}

function readRates(reader: ManifestReader, value: unknown): RateRule[] {
  const path = "limits.rates";
  const rates = reader.list(value, path, (item, at) => readRate(reader, item, at));
  if (rates.length > RATE_RULES_MAX) reader.note(path, `has more than ${RATE_RULES_MAX} entries`);
  return rates;
}

function readRate(reader: ManifestReader, value: unknown, path: string): RateRule {
  const { subjects, perSecond, burst } = reader.record(value, path, ["subjects", "perSecond", "burst"]);
  const most = burst === undefined ? undefined : reader.count(burst, `${path}.burst`, 1, RATE_MESSAGES_MAX);
  return {
    subjects: readPattern(reader, subjects, `${path}.subjects`) ?? "",
    perSecond: reader.number(perSecond, `${path}.perSecond`, RATE_PER_SECOND_MIN, RATE_MESSAGES_MAX) ?? 1,
    ...(most === undefined ? {} : { burst: most }),
  };
}

function readBreaker(reader: ManifestReader, value: unknown): BreakerRule {
  const path = "limits.breaker";
  const record = reader.record(value, path, ["failures", "of", "openMilliseconds"]);
  const failures = reader.count(record["failures"], `${path}.failures`, 1, BREAKER_MESSAGES_MAX) ?? 1;
  const of = record["of"] === undefined ? undefined : reader.count(record["of"], `${path}.of`, failures, BREAKER_MESSAGES_MAX);
  return {
    failures,
    ...(of === undefined ? {} : { of }),
    openMilliseconds: reader.count(record["openMilliseconds"], `${path}.openMilliseconds`, 1, BREAKER_OPEN_MILLISECONDS_MAX) ?? 1,
  };
}
