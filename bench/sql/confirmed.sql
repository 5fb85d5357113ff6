'ended', 'landed', 'amount_out', '79.109650', 'executed_price', '79.10965',
'payload', jsonb_build_object('txHash', $SIGNATURE,
    'executedPrice', '79.10965', 'amountOut', '79.10965')
