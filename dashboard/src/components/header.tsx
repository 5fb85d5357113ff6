import { route } from "../router.ts";
import { access, forget } from "../state/access.ts";
import { nextTheme, theme } from "../theme.ts";
import { ConnectionState } from "./connection-state.tsx";
import { Brand, Key, Moon, Sun, System } from "./icons.tsx";
import { MarketBadge } from "./market-badge.tsx";

const PAGES = [
  { href: "/", label: "Trade", pages: ["trade"] },
  { href: "/orders", label: "Orders", pages: ["orders", "order"] },
  { href: "/charts", label: "Charts", pages: ["charts"] },
];

export function Header() {
  const page = route.value.page;
  return (
    <header class="header">
      <div class="header-inner">
        <a class="brand" href="/">
          <Brand />
          <span class="brand-name">Order engine</span>
        </a>
        <MarketBadge />
        <nav class="nav" aria-label="Pages">
          {PAGES.map(({ href, label, pages }) => (
            <a key={href} href={href} aria-current={pages.includes(page) ? "page" : undefined}>
              {label}
            </a>
          ))}
        </nav>
        <ConnectionState />
        {access.value.kind === "granted" && <ForgetButton />}
        <ThemeButton />
      </div>
    </header>
  );
}

function ForgetButton() {
  return (
    <button type="button" class="icon-button" onClick={forget} aria-label="Forget the key" title="Forget the key">
      <Key />
    </button>
  );
}

function ThemeButton() {
  const Icon = { system: System, light: Sun, dark: Moon }[theme.value];
  return (
    <button
      type="button"
      class="icon-button"
      onClick={nextTheme}
      aria-label={`Colours: ${theme.value}. Change.`}
      title={`Colours: ${theme.value}`}
    >
      <Icon />
    </button>
  );
}
