'chosen_dex', 'Raydium', 'quoted_out', '79.109650', 'route', jsonb_build_object(
    'address', 'synthetic SOL/USDC', 'mintIn', 'So11111111111111111111111111111111111111112',
    'mintOut', 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v', 'slot', 4000000000),
'event', jsonb_build_object('event', 'venue_chosen', 'venue', 'Raydium', 'pool', jsonb_build_object(
    'address', 'synthetic SOL/USDC', 'mintIn', 'So11111111111111111111111111111111111111112',
    'mintOut', 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v', 'slot', 4000000000),
    'quotedOut', '79.109650',
    'reason', 'Raydium pays 0.014 USDC more than Meteora after all fees',
    'offers', '[{"venue": "Raydium", "chosen": true, "quote": {"pool": "synthetic SOL/USDC",
        "amountIn": "1.000000000", "amountOut": "79.109650",
        "fee": "0.002500000", "priceImpactBps": 1,
        "networkFee": "0.000005000", "networkFeeOut": "0.000396",
        "minOut": "78.318553"}},
      {"venue": "Meteora", "chosen": false, "quote": {"pool": "HTvjzsfX3yU6BUodCjZ5vZkUrAxMDTrBs3CJaq43ashR",
        "amountIn": "1.000000000", "amountOut": "79.095650",
        "fee": "0.000100000", "priceImpactBps": 1,
        "networkFee": "0.000005000", "networkFeeOut": "0.000396",
        "minOut": "78.304693"}}]'::jsonb)
