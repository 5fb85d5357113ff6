'chosen_dex', 'Raydium', 'quoted_out', '79.109650', 'route', jsonb_build_object(
    'address', 'synthetic SOL/USDC', 'mintIn', 'So11111111111111111111111111111111111111112',
    'mintOut', 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v', 'slot', 4000000000),
'event', jsonb_build_object('event', 'venue_chosen', 'venue', 'Raydium', 'pool', jsonb_build_object(
    'address', 'synthetic SOL/USDC', 'mintIn', 'So11111111111111111111111111111111111111112',
    'mintOut', 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v', 'slot', 4000000000),
    'quotedOut', '{"units": 79109650, "decimals": 6}'::jsonb,
    'reason', 'Raydium pays 0.014 USDC more than Meteora after all fees',
    'offers', '[{"venue": "Raydium", "chosen": true, "quote": {"pool": "synthetic SOL/USDC",
        "amountIn": {"units": 1000000000, "decimals": 9}, "amountOut": {"units": 79109650, "decimals": 6},
        "fee": {"units": 2500000, "decimals": 9}, "priceImpactBps": 1,
        "networkFee": {"units": 5000, "decimals": 9}, "networkFeeOut": {"units": 396, "decimals": 6},
        "minOut": {"units": 78318553, "decimals": 6}}},
      {"venue": "Meteora", "chosen": false, "quote": {"pool": "HTvjzsfX3yU6BUodCjZ5vZkUrAxMDTrBs3CJaq43ashR",
        "amountIn": {"units": 1000000000, "decimals": 9}, "amountOut": {"units": 79095650, "decimals": 6},
        "fee": {"units": 100000, "decimals": 9}, "priceImpactBps": 1,
        "networkFee": {"units": 5000, "decimals": 9}, "networkFeeOut": {"units": 396, "decimals": 6},
        "minOut": {"units": 78304693, "decimals": 6}}}]'::jsonb)
