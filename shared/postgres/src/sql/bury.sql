-- Engines that are gone, with what they left: their connections ended with them. Deliveries go by
-- their foreign key.
, unfollowed AS (
    DELETE FROM subscriptions s USING gone g WHERE split_part(s.connection_id, '.', 1) = g.id::text
), unfollowed_all AS (
    DELETE FROM subscriptions_to_all s USING gone g
    WHERE split_part(s.connection_id, '.', 1) = g.id::text
), closed AS (
    DELETE FROM connections c USING gone g WHERE split_part(c.connection_id, '.', 1) = g.id::text
)
SELECT id FROM gone
