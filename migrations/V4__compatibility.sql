-- Which programs can work on this schema: a program that does not know the newest migrations may go
-- on as long as it knows this one. A migration that takes away what older programs need raises it.
CREATE TABLE schema_compatibility (
    history        text    PRIMARY KEY, -- the table that keeps which migrations were applied
    oldest_program integer NOT NULL     -- the newest migration that a program must know at least
);
INSERT INTO schema_compatibility (history, oldest_program) VALUES ('refinery_schema_history', 3);
