'tx_hash', $SIGNATURE, 'signed', repeat('ab', 300),
'last_valid_height', 4000000000, 'min_out', '78.321',
'payload', jsonb_build_object('txHash', $SIGNATURE)
