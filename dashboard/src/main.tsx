import { render } from "preact";
import { configureApi } from "./api.ts";
import { App } from "./app.tsx";
import { loadConfig } from "./config.ts";
import { startRouter } from "./router.ts";
import { startAccess } from "./state/access.ts";
import { startDraft } from "./state/draft.ts";
import { startHealth } from "./state/health.ts";
import { startLive } from "./state/live.ts";
import { watchMarket } from "./state/market.ts";
import { startTokens } from "./state/tokens.ts";
import "./styles/index.css";
import { startTheme } from "./theme.ts";

startTheme();
startRouter();
startDraft();

const config = await loadConfig();
configureApi(config);
await startAccess();
startLive(config);
watchMarket();
void startHealth();
void startTokens();

const root = document.getElementById("app");
// What index.html shows until here has done its part.
root?.replaceChildren();
if (root) render(<App />, root);
