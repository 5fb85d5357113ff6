// What nearly every file of tests has: an engine and a browser, begun before its first test and ended after its last.
import { after, before } from "node:test";
import type { Browser } from "playwright-core";
import { Engine } from "./engine.ts";
import { openBrowser } from "./reader.ts";

/** Those of this file, once its tests run: each file is a process of its own. */
export let engine: Engine;
export let browser: Browser;

/** Starts both for the tests of this file, the engine with these settings, and arranges what they find. */
export function openEngine(environment: Record<string, string> = {}, arrange?: () => Promise<void>): void {
  before(async () => {
    engine = await Engine.start(environment);
    browser = await openBrowser();
    await arrange?.();
  });
  after(async () => {
    await browser?.close();
    await engine?.stop();
  });
}
