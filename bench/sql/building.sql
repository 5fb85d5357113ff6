'chosen_dex', 'Raydium', 'quoted_out', '79.109650',
'payload', jsonb_build_object('chosenDex', 'Raydium', 'reason', 'Raydium pays 0.014 USDC more than Meteora after all fees',
    'quotes', jsonb_build_array(
        jsonb_build_object('dex', 'Raydium', 'pool', 'synthetic SOL/USDC', 'amountIn', '1', 'amountOut', '79.10965',
            'netAmountOut', '79.10924', 'price', '79.10965', 'fee', '0.0025', 'priceImpactBps', 1,
            'networkFee', '0.000005', 'minimumReceived', '78.31855', 'chosen', true, 'rejected', NULL),
        jsonb_build_object('dex', 'Meteora', 'pool', 'HTvjzsfX3yU6BUodCjZ5vZkUrAxMDTrBs3CJaq43ashR', 'amountIn', '1',
            'amountOut', '79.09565', 'netAmountOut', '79.09524', 'price', '79.09565', 'fee', '0.0001',
            'priceImpactBps', 1, 'networkFee', '0.000005', 'minimumReceived', '78.30469', 'chosen', false,
            'rejected', NULL)))
