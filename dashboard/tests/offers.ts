// The engine's own answers with other offers in them, as if it asked more venues, or fewer.
import type { Page } from "playwright-core";
import type { Offer, OrderDetail, QuoteAnswer } from "../src/types.ts";

export type Change = (offers: readonly Offer[]) => readonly Offer[];

/** Changes the offers of every quote and of every single order that the page asks for. */
export async function changeOffers(page: Page, change: Change): Promise<void> {
  await page.route(/\/api\/(quote\?|orders\/[0-9a-f-]{36}$)/, async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as QuoteAnswer | OrderDetail;
    await route.fulfill({ response: answer, json: changed(body, change) });
  });
}

function changed<T extends QuoteAnswer | OrderDetail>(answer: T, change: Change): T {
  const quotes = change(answer.quotes);
  const chosenDex = answer.chosenDex && (quotes.find((offer) => offer.chosen)?.dex ?? null);
  if (!("events" in answer)) return { ...answer, quotes, chosenDex };
  const events = answer.events.map((event) =>
    event.payload.quotes ? { ...event, payload: { ...event.payload, quotes, chosenDex } } : event,
  );
  return { ...answer, quotes, chosenDex, events };
}

/** One more venue, which pays one token more than the best of the others. */
export function chosen(dex: string): Change {
  return (offers) => {
    const best = offers.find((offer) => offer.chosen);
    if (!best) return offers;
    const netAmountOut = (Number(best.netAmountOut) + 1).toFixed(6);
    return [...offers.map((offer) => ({ ...offer, chosen: false })), { ...best, dex, netAmountOut }];
  };
}

/** One more venue, which has no price to offer. */
export function dropped(dex: string): Change {
  return (offers) => [
    ...offers,
    {
      dex,
      pool: null,
      amountIn: null,
      amountOut: null,
      netAmountOut: null,
      price: null,
      fee: null,
      priceImpactBps: null,
      networkFee: null,
      minimumReceived: null,
      chosen: false,
      rejected: "answered too late",
    },
  ];
}

/** Exactly this many venues, the chosen one among them. */
export function venues(count: number): Change {
  return (offers) => {
    const best = offers.find((offer) => offer.chosen);
    if (!best) return offers;
    const all = [best, ...offers.filter((offer) => offer !== best)];
    for (const dex of ["Orca", "Lifinity", "Phoenix", "Invariant"]) all.push({ ...best, dex, chosen: false });
    return all.slice(0, count);
  };
}
