// What every page must be, whatever it shows: without a finding of axe, and no wider than the screen.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import type { AxeResults } from "axe-core";
import type { Reader } from "./reader.ts";

export async function clean(reader: Reader, where: string): Promise<void> {
  const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const results = (await reader.page.evaluate(
    `${axe}; axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })`,
  )) as AxeResults;
  const findings = results.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
  assert.deepEqual(findings, [], where);
  await fits(reader, where);
}

/** Neither the page nor a table whose columns give way to width needs to be moved sideways. */
export async function fits(reader: Reader, where: string): Promise<void> {
  const tooWide = await reader.page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll(".venues-box, .orders-box")]
      .filter((box) => box.scrollWidth > box.clientWidth)
      .map((box) => `${box.tagName}.${box.className} of ${box.clientWidth} holds ${box.scrollWidth}`),
  );
  assert.deepEqual(tooWide, [], where);
}
