'chosen_dex', 'Raydium', 'quoted_out', '79.109650', 'route', jsonb_build_object(
    'address', 'synthetic SOL/USDC', 'mintIn', 'So11111111111111111111111111111111111111112',
    'mintOut', 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v', 'slot', 4000000000),
'tx_hash', $SIGNATURE,
'ended', 'landed', 'amount_out', '79.109650', 'executed_price', '79.10965',
'event', jsonb_build_object('event', 'confirmed', 'signature', $SIGNATURE, 'price', '79.10965',
    'amountOut', '79.109650')
