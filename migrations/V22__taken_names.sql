-- The names that clients gave to orders which are deleted, or are about to be: an account never gets
-- one of them again. Empty for as long as everything is kept.
CREATE TABLE taken_names (
    account_id      text NOT NULL,
    client_order_id text NOT NULL,
    order_id        uuid NOT NULL,
    since           timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, client_order_id)
);
