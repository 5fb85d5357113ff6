// Drawn here, so that no icon is fetched from anywhere.
import type { ComponentChildren } from "preact";

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const Flip = () => (
  <Icon>
    <path d="M8 4v15m0 0-4-4m4 4 4-4M16 20V5m0 0-4 4m4-4 4 4" />
  </Icon>
);
export const Arrow = () => (
  <Icon>
    <path d="M5 12h14m0 0-5-5m5 5-5 5" />
  </Icon>
);
export const Copy = () => (
  <Icon>
    <rect x="9" y="9" width="11" height="11" rx="2" />
    <path d="M15 9V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h3" />
  </Icon>
);
export const Outside = () => (
  <Icon>
    <path d="M10 6H6v12h12v-4M13 5h6v6m0-6-8 8" />
  </Icon>
);
export const Check = () => (
  <Icon>
    <path d="m5 12.5 4.5 4.5L19 7.5" />
  </Icon>
);
export const Cross = () => (
  <Icon>
    <path d="m6.5 6.5 11 11m0-11-11 11" />
  </Icon>
);
export const Refresh = () => (
  <Icon>
    <path d="M19 12a7 7 0 1 1-2.2-5.100L19 9m0-4.500V9h-4.500" />
  </Icon>
);
export const Sun = () => (
  <Icon>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 3v1.5m0 15V21m9-9h-1.5m-15 0H3m15.4-6.4-1.1 1.1M6.7 17.3l-1.1 1.1m12.8 0-1.1-1.1M6.7 6.7 5.6 5.6" />
  </Icon>
);
export const Moon = () => (
  <Icon>
    <path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.500 10.500Z" />
  </Icon>
);
export const System = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.5" />
    <path class="icon-filled" d="M12 3.500a8.500 8.500 0 0 1 0 17Z" />
  </Icon>
);
export const Key = () => (
  <Icon>
    <circle cx="7.500" cy="12" r="4.500" />
    <path d="M12 12h9.500m-2 0v4m-3.500-4v3" />
  </Icon>
);
export const Brand = () => (
  <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect class="brand-tile" width="32" height="32" rx="9" />
    <path class="brand-arrows" d="M9 12h12l-3.500-3.500M23 20H11l3.500 3.500" />
  </svg>
);
