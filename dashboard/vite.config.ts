import { defineConfig } from "vite";

// The engine that `npm run dev` talks to; the page itself always asks its own origin unless /config.json says otherwise.
const engine = process.env["ENGINE_URL"] ?? "http://127.0.0.1:3000";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // The content-security policy allows no inline or data: resource, so nothing may be inlined into CSS or HTML.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The licences of what is bundled, beside the bundle.
    license: { fileName: "assets/licences/packages.md" },
    reportCompressedSize: false,
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": { target: engine, ws: true },
      "/health": engine,
    },
  },
});
