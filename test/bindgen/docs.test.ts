import { expect, it } from "vitest";
import { generateBindings } from "../../host/cli/bindgen/generate.ts";
import { witDocs } from "../../host/cli/bindgen/wit-docs.ts";
import { plainWit } from "../../host/cli/bindgen/wit-text.ts";
import { readWorld } from "../../host/cli/bindgen/world.ts";

const WIT = `/// The package itself.
package acme:shop@1.2.0;

/// Goods. // not a remark
interface goods {
  use kinds.{kind, marks};
  /// One of them.
  ///
  /// It ends with */ in the middle.
  record item {
    /// What it is called.
    %record: string,
    /** In cents. */
    price: u32,
    tags: list<tuple<string, string>>,
  }
  /**
   * Why not.
   */
  variant problem {
    /// There are none left.
    sold-out(u32),
    closed,
  }
  /// The shelf.
  resource shelf {
    /// Puts one up.
    @since(version = 1.2.0)
    constructor(name: string);
    /// Takes one off.
    take: func(of: kind) -> result<item, problem>;
    /// All there are.
    all: static func() -> list<shelf>;
  }
  // Only a remark.
  plain: func(of: marks);
}
interface kinds {
  /// How they differ.
  enum kind { /// Not large.
    small, large }
  /// May be any.
  flags marks { /// It is red.
    red, blue }
}
/// The world.
world shop {
  import goods;
  import kinds;
  /// Rings.
  import bell: func(times: u8);
  import local: interface {
    /// Knows.
    know: func() -> bool;
  }
}
`;

it("carries the WIT's comments over to what they are about", async () => {
  const source = plainWit(WIT);
  const { files } = generateBindings(await readWorld(source, "shop"), "shop", { docs: witDocs(source) });
  const documented = [...files].flatMap(([name, text]) =>
    Array.from(text.matchAll(/\/\*\*(?<doc>(?:(?!\*\/)[\s\S])*)\*\/\n\s*(?:public |static |export (?:const )?)?(?<what>[\w ]+)/gu), ({ groups }) => [
      `${name} ${groups?.["what"]?.trim() ?? ""}`,
      (groups?.["doc"] ?? "").replaceAll(/\s*\n\s*\*? ?/gu, "|").trim(),
    ]),
  );
  expect(Object.fromEntries(documented)).toMatchObject({
    "goods.ts class Item": "|One of them.||It ends with * / in the middle.|",
    "goods.ts record": "What it is called.",
    "goods.ts price": "In cents.",
    "goods.ts class Problem": "Why not.",
    "goods.ts soldOut": "There are none left.",
    "goods.ts class Shelf": "The shelf.",
    "goods.ts constructor": "Puts one up.",
    "goods.ts take": "Takes one off.",
    "goods.ts all": "All there are.",
    "goods.ts function plain": "`plain: func(of: flags { red, blue })`",
    "kinds.ts enum Kind": "How they differ.",
    "kinds.ts Small": "Not large.",
    "kinds.ts enum Marks": "May be any.",
    "kinds.ts Red": "It is red.",
    "world.ts function bell": "Rings.",
    "local.ts function know": "Knows.",
  });
});

it("finds what is documented, by its path", () => {
  const docs = witDocs(plainWit(WIT));
  expect(docs.get("acme:shop")).toEqual(["The package itself."]);
  expect(docs.get("acme:shop/goods")).toEqual(["Goods. // not a remark"]);
  expect(docs.get("acme:shop/goods/shelf/constructor")).toEqual(["Puts one up."]);
  expect(docs.get("acme:shop/goods/plain")).toBeUndefined();
  expect(docs.get("acme:shop/shop")).toEqual(["The world."]);
});
