-- How the reference price of each pair went, minute by minute.
CREATE TABLE prices (
    base   text NOT NULL,
    quote  text NOT NULL,
    minute timestamptz(3) NOT NULL,
    open   numeric NOT NULL,
    high   numeric NOT NULL,
    low    numeric NOT NULL,
    close  numeric NOT NULL,
    PRIMARY KEY (base, quote, minute)
) WITH (fillfactor = 70); -- room on the page for the newest row's later versions
