import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { errorText } from "../../host/cli/error-text.ts";
import { paintFor } from "../../host/cli/colour.ts";
import { Screen } from "../../host/cli/screen.ts";
import { DoterosError } from "../../host/contract/error.ts";

const terminal = (highWaterMark?: number): PassThrough & { isTTY: boolean } =>
  Object.assign(new PassThrough({ highWaterMark }), { isTTY: true });
const textOf = (stream: PassThrough): string => String(stream.read() ?? "");

describe("the screen", () => {
  it("takes the status line away for whatever is written to the terminal", async () => {
    const both = terminal();
    const screen = new Screen(both, both, {});
    screen.showStatus("1 row");
    screen.tell("hello");
    screen.showStatus("2 rows");
    screen.print("result");
    await screen.finish();
    expect(textOf(both)).toBe("\r\u001b[2K1 row\r\u001b[2Khello\n\r\u001b[2K2 rows\r\u001b[2Kresult\n");
  });

  it("leaves the status line alone while results go elsewhere", async () => {
    const [out, err] = [new PassThrough(), terminal()];
    const screen = new Screen(out, err, {});
    screen.showStatus("1 row");
    screen.print("result");
    await screen.finish();
    expect([textOf(out), textOf(err)]).toEqual(["result\n", "\r\u001b[2K1 row\r\u001b[2K"]);
  });

  it("shows no status line where there is no terminal", async () => {
    const [out, err] = [new PassThrough(), new PassThrough()];
    const screen = new Screen(out, err, {});
    screen.showStatus("1 row");
    screen.print("result");
    await screen.finish();
    expect([textOf(out), textOf(err)]).toEqual(["result\n", ""]);
  });

  it("writes what was printed before what is told after it", async () => {
    const both = terminal();
    const screen = new Screen(both, both, {});
    screen.print("result");
    screen.tell("about it");
    await screen.finish();
    expect(textOf(both)).toBe("result\nabout it\n");
  });

  it("writes by itself soon after, and does not wait for the end", async () => {
    const out = new PassThrough();
    new Screen(out, new PassThrough(), {}).print("result");
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
    expect(textOf(out)).toBe("result\n");
  });

  it("is ready only once a slow reader has caught up", async () => {
    const out = new PassThrough({ highWaterMark: 16 });
    const screen = new Screen(out, new PassThrough(), {});
    screen.print("x".repeat(100_000));
    const ready = screen.ready();
    const soon = new Promise<string>((resolve) => {
      setTimeout(resolve, 20, "soon");
    });
    expect(await Promise.race([ready, soon])).toBe("soon");
    out.resume();
    expect(await ready).toBeUndefined();
  });

  it("says so when nobody reads any more, and writes no more", async () => {
    const out = new PassThrough();
    const screen = new Screen(out, new PassThrough(), {});
    let told = 0;
    screen.onClose = () => {
      told += 1;
    };
    out.destroy(Object.assign(new Error("broken pipe"), { code: "EPIPE" }));
    await new Promise(setImmediate);
    screen.print("lost");
    await screen.finish();
    expect([told, screen.closed, screen.failure]).toEqual([1, true, undefined]);
  });

  it("keeps the reason when writing fails for another reason than that", async () => {
    const out = new PassThrough();
    const screen = new Screen(out, new PassThrough(), {});
    const full = Object.assign(new Error("no space left"), { code: "ENOSPC" });
    out.destroy(full);
    await new Promise(setImmediate);
    expect([screen.closed, screen.failure]).toEqual([true, full]);
  });
});

describe("colours", () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: "1" }, false],
    [true, { NO_COLOR: "" }, true],
    [true, { TERM: "dumb" }, false],
    [false, { FORCE_COLOR: "1" }, true],
    [false, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
    [true, { FORCE_COLOR: "0" }, false],
  ])("on a terminal: %j, with %j: %j", (isTTY, environment, coloured) => {
    expect(paintFor({ isTTY }, environment)("red", "x") !== "x").toBe(coloured);
  });
});

describe("an error as text", () => {
  const plain = (_style: string, text: string): string => text;

  it("says what, where and what to do next", () => {
    const error = new DoterosError("not-granted", "demo asks for\nmore", { where: "demo.wasm", offset: 7, help: "add --grant state\nor not" });
    expect(errorText(error, plain)).toBe(
      [
        "error[DW0031]: demo asks for",
        "    more",
        "    --> demo.wasm, byte 7",
        "    help: add --grant state",
        "          or not",
      ].join("\n"),
    );
  });

  it("does not let a stranger's text reach the terminal raw", () => {
    expect(errorText(new DoterosError("trap", "a\u001b]0;x\u0007"), plain)).toBe("error[DW0021]: a\\u001b]0;x\\u0007");
  });

  it("asks to report a bug of ours, with its stack, and shows no other stack", () => {
    const bug = errorText(new DoterosError("internal", "oops", { cause: new TypeError("x is undefined") }), plain);
    expect(bug).toContain("this is a bug in doteros-wasm");
    expect(bug).toContain("TypeError: x is undefined");
    expect(errorText(new DoterosError("trap", "oops", { cause: new TypeError("x") }), plain)).toBe("error[DW0021]: oops");
  });
});
