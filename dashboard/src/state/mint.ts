// A token that no list has is named by its mint's address.

const MINT = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;

/** Whether it looks like a mint; a listed token's symbol never does. */
export function isMint(token: string): boolean {
  return MINT.test(token);
}

/** "E8kZ…QPfo": enough to tell it from another in a list. */
export function shortMint(mint: string): string {
  return `${mint.slice(0, 4)}\u2026${mint.slice(-4)}`;
}
