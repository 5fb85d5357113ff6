import { useEffect } from "preact/hooks";
import { launchOf, wantName } from "../state/launches.ts";
import { isMint, shortMint } from "../state/mint.ts";

/** A listed token by its symbol. A mint by what its creator calls it, which proves nothing, and by what it is. */
export function TokenName({ token }: { token: string }) {
  const mint = isMint(token);
  useEffect(() => {
    if (mint) wantName(token);
  }, [token]);
  if (!mint) return <>{token}</>;
  const launch = launchOf(token);
  return (
    <span class="token-name" title={token}>
      {launch && (
        <>
          <bdi class="token-symbol">{launch.symbol}</bdi>{" "}
        </>
      )}
      <code>{shortMint(token)}</code>
    </span>
  );
}
