'chosen_dex', 'Raydium', 'quoted_out', '79.109650', 'tx_hash', $SIGNATURE,
'ended', 'landed', 'amount_out', '79.109650', 'executed_price', '79.10965',
'events', jsonb_build_array(jsonb_build_object('status', 'confirmed', 'attempt', 1, 'event',
    jsonb_build_object('event', 'confirmed', 'signature', $SIGNATURE, 'price', '79.10965', 'amountOut', '79.109650')))
