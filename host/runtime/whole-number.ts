/** The value of an option that is a whole number from 1 on. @throws RangeError */
export function wholeNumber(name: string, value: number, most: number = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  throw new RangeError(`${name} must be a whole number ${most < Number.MAX_SAFE_INTEGER ? `from 1 to ${most}` : "of at least 1"}, not ${value}`);
}
