/** What `dayOf` answers for a text that is no date. */
export const NO_DAY: i32 = i32.MIN_VALUE;

/** Days from 0000-03-01, where the calendar's four hundred years start best, to 1970-01-01. */
const EPOCH: i32 = 719_468;
const DAYS_IN_400_YEARS: i32 = 146_097;

/** The day that `date` (`2012-01-31`, Gregorian) names, counted from 1970-01-01, or `NO_DAY`. */
export function dayOf(date: string): i32 {
  if (date.length != 10 || date.charCodeAt(4) != 0x2d || date.charCodeAt(7) != 0x2d) return NO_DAY;
  const year = digits(date, 0, 4);
  const month = digits(date, 5, 7);
  const dayOfMonth = digits(date, 8, 10);
  if (year < 0 || month < 1 || month > 12 || dayOfMonth < 1) return NO_DAY;
  const day = dayNumber(year, month, dayOfMonth);
  // A day past the end of its month would be written otherwise.
  return dateOf(day) == date ? day : NO_DAY;
}

/** The date of a day between the years 0 and 9999, such as `2012-01-31`. */
export function dateOf(day: i32): string {
  const shifted = day + EPOCH;
  const era = floorDivide(shifted, DAYS_IN_400_YEARS);
  const dayOfEra = shifted - era * DAYS_IN_400_YEARS;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const monthFromMarch = (5 * dayOfYear + 2) / 153;
  const dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(dayOfMonth, 2);
}

// Years are taken to start in March, so that a leap day is the last of its year and months have a regular pattern.
function dayNumber(year: i32, month: i32, dayOfMonth: i32): i32 {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = floorDivide(shiftedYear, 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + dayOfMonth - 1;
  return era * DAYS_IN_400_YEARS + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - EPOCH;
}

function floorDivide(value: i32, by: i32): i32 {
  return (value >= 0 ? value : value - by + 1) / by;
}

/** The number that the digits from `start` to `end` write, or -1 when one is no digit. */
function digits(text: string, start: i32, end: i32): i32 {
  let number = 0;
  for (let index = start; index < end; index += 1) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

function padded(number: i32, width: i32): string {
  return number.toString().padStart(width, "0");
}
