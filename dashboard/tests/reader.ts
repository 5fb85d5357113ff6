// A reader of the page: a browser tab whose every complaint and foreign request fails the test.
import assert from "node:assert/strict";
import { type Browser, type BrowserContextOptions, type Locator, type Page, chromium } from "playwright-core";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

export function openBrowser(): Promise<Browser> {
  // Chromium's sandbox refuses to run as root, as in a container.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: CHROMIUM, args });
}

export class Reader {
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly base: string,
  ) {}

  static async open(browser: Browser, base: string, path = "/", options: BrowserContextOptions = {}): Promise<Reader> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    return await Reader.in(await context.newPage(), base, path);
  }

  /** Another tab beside this one. */
  async openTab(path = "/"): Promise<Reader> {
    return await Reader.in(await this.page.context().newPage(), this.base, path);
  }

  private static async in(page: Page, base: string, path: string): Promise<Reader> {
    const reader = new Reader(page, base);
    page.on("pageerror", (error) => reader.complaints.push(`error: ${error.message}`));
    page.on("console", (message) => {
      // A failed request is the network's complaint, which tests cause on purpose; a policy violation is the page's.
      if (message.type() === "error" && !/^Failed to load resource|WebSocket connection|net::ERR_/.test(message.text()))
        reader.complaints.push(message.text());
    });
    page.on("request", (request) => {
      if (new URL(request.url()).host !== new URL(base).host)
        reader.complaints.push(`foreign request: ${request.url()}`);
    });
    await page.goto(base + path);
    return reader;
  }

  async write(amount: string): Promise<void> {
    await this.page.getByLabel("You pay", { exact: true }).fill(amount);
  }

  async place(): Promise<void> {
    await this.page.getByRole("button", { name: "Place order" }).click();
  }

  problemAt(field: string): Locator {
    return this.page.locator(`[data-field="${field}"]`);
  }

  step(status: string): Locator {
    return this.page.locator(`[data-step="${status}"]`);
  }

  row(orderId: string): Locator {
    return this.page.locator(`tr[data-order="${orderId}"]`);
  }

  /** What a venue offers, or why it offers nothing. */
  venue(dex: string): Locator {
    return this.page.locator(`[data-venue="${dex}"]`);
  }

  light(name: "Engine" | "Stream"): Locator {
    return this.page.locator(`[data-light="${name}"] dd`);
  }

  async sees(locator: Locator, text: string | RegExp, withinMs = 20_000): Promise<void> {
    await locator.filter({ hasText: text }).first().waitFor({ timeout: withinMs });
  }

  /** The order that the live panel follows. */
  async activeOrder(): Promise<string> {
    const details = this.page.getByRole("link", { name: "Details" });
    const href = await details.getAttribute("href");
    return href?.split("/").at(-1) ?? assert.fail("no order is followed");
  }

  async leave(): Promise<void> {
    assert.deepEqual(this.complaints, []);
    const context = this.page.context();
    // The page asks by itself and now and then: a route may be busy with a question when its tab is closed.
    for (const page of context.pages()) await page.unrouteAll({ behavior: "ignoreErrors" });
    await context.close();
  }
}
