// The charts of the trade page; loaded with uPlot after what is needed to trade.
export { DepthCard } from "./depth-card.tsx";
export { MarketCard } from "./market-card.tsx";
