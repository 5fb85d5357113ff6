// Where the chain's own record of a transaction can be looked at, as whoever runs the engine has set it up.

const PLACE = "{signature}";

/** The transaction's address; null without a template, and for one that is no address of the web. */
export function transactionAddress(template: string | null | undefined, signature: string): string | null {
  if (!template?.includes(PLACE)) return null;
  const address = template.split(PLACE).join(encodeURIComponent(signature));
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol) ? address : null;
}
