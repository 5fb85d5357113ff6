// Takes the pictures of docs/images from the real engine: `npm run screenshots`.
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { Engine } from "./engine.ts";
import { Reader, openBrowser } from "./reader.ts";

const FOLDER = process.env["IMAGES"] ?? resolve(import.meta.dirname, "../../../docs/images");
const LOOKS = [
  { name: "desktop", width: 1440, height: 900 },
  { name: "phone", width: 390, height: 844 },
] as const;
const PAIRS = [
  ["SOL", "USDC"],
  ["USDC", "SOL"],
  ["SOL", "USDC"],
  ["USDC", "USDT"],
  ["SOL", "JUP"],
] as const;
const ORDERS = 40;
const BETWEEN_ORDERS_MS = 1_500; // spread over a minute, as for a chart

const engine = await Engine.start({ SIM_FAILURE_RATE: "0.1", SIM_LAUNCH_EVERY_S: "15" });
const browser = await openBrowser();
try {
  const last = await trade();
  for (const colorScheme of ["light", "dark"] as const)
    for (const look of LOOKS) await picture(browser, look, colorScheme, last);
} finally {
  await browser.close();
  await engine.stop();
}

/** Places some orders and returns the last one, once it is final. */
async function trade(): Promise<string> {
  let last = "";
  for (let index = 0; index < ORDERS; index += 1) {
    const [tokenIn, tokenOut] = PAIRS[index % PAIRS.length] ?? PAIRS[0];
    last = await engine.place({ tokenIn, tokenOut, amount: (0.5 + ((index * 7) % 23)).toFixed(1) });
    await pause(BETWEEN_ORDERS_MS);
  }
  await engine.untilFinal(last);
  return last;
}

async function picture(
  browser: Browser,
  look: (typeof LOOKS)[number],
  colorScheme: "light" | "dark",
  orderId: string,
): Promise<void> {
  const { name, width, height } = look;
  const reader = await Reader.open(browser, engine.url, "/", { viewport: { width, height }, colorScheme });
  const take = async (page: string, fullPage: boolean) => {
    await reader.page.mouse.move(0, 0);
    await reader.page.screenshot({
      path: `${FOLDER}/${page}-${name}-${colorScheme}.png`,
      fullPage: fullPage && name === "desktop",
    });
  };
  await reader.page.locator("[data-venue]").first().waitFor();
  await reader.page.locator("tr[data-order]").first().waitFor();
  await reader.page.locator(".chart canvas").nth(1).waitFor();
  await take("preview", false);
  await reader.place();
  await reader.step("submitted").and(reader.page.locator(".step-current")).waitFor();
  await reader.page.getByRole("button", { name: "Place order" }).waitFor();
  await take("trade", true);
  await reader.page.getByRole("radio", { name: "Sniper", exact: true }).check();
  await reader.page.locator(".launch input").nth(1).check();
  await take("sniper", true);
  await reader.page.getByRole("link", { name: "Orders", exact: true }).click();
  await reader.page.locator("tr[data-order]").nth(20).waitFor();
  await take("orders", false);
  await reader.page.goto(`${engine.url}/orders/${orderId}`);
  await reader.page.locator("[data-venue]").first().waitFor();
  await take("order", true);
  await reader.page.getByRole("link", { name: "Charts", exact: true }).click();
  await reader.page.locator(".chart canvas").first().waitFor();
  await reader.page.waitForLoadState("networkidle");
  await take("charts", true);
  await reader.leave();
}
