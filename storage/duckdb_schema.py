"""What lies in the history's DuckDB file."""

#: A roll-up's row: the quantity's own mean, and what is needed to make a longer bucket's of it. `steadiness` is the
#: length of the mean vector of directions (1: all the same, 0: all round), and null for every other quantity.
_BUCKETS = (
    "(sensor INTEGER NOT NULL, quantity INTEGER NOT NULL, time_ns BIGINT NOT NULL, count BIGINT NOT NULL, "
    "minimum DOUBLE NOT NULL, maximum DOUBLE NOT NULL, value DOUBLE NOT NULL, last DOUBLE NOT NULL, "
    "quality USMALLINT NOT NULL, steadiness DOUBLE)"
)

#: No primary key on the readings: it makes appends twenty times slower. Reads take each reading once.
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS sensors (number INTEGER NOT NULL, name VARCHAR NOT NULL)",
    "CREATE TABLE IF NOT EXISTS quantities (number INTEGER NOT NULL, name VARCHAR NOT NULL)",
    "CREATE TABLE IF NOT EXISTS readings (sensor INTEGER NOT NULL, quantity INTEGER NOT NULL, time_ns BIGINT NOT NULL, "
    "arrival_ns BIGINT NOT NULL, value DOUBLE NOT NULL, quality USMALLINT NOT NULL, position BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS events (sensor INTEGER NOT NULL, event VARCHAR NOT NULL, time_ns BIGINT NOT NULL, "
    "arrival_ns BIGINT NOT NULL, attributes VARCHAR NOT NULL, position BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS written (position BIGINT NOT NULL)",
    "INSERT INTO written SELECT 0 WHERE NOT EXISTS (SELECT * FROM written)",
    f"CREATE TABLE IF NOT EXISTS minutes {_BUCKETS}",
    f"CREATE TABLE IF NOT EXISTS hours {_BUCKETS}",
    # Up to which position all buckets are made, and what is kept no longer by resolution.
    "CREATE TABLE IF NOT EXISTS rolled (position BIGINT NOT NULL)",
    "INSERT INTO rolled SELECT 0 WHERE NOT EXISTS (SELECT * FROM rolled)",
    "CREATE TABLE IF NOT EXISTS forgotten (resolution VARCHAR NOT NULL, before_ns BIGINT NOT NULL)",
    # Rows that came into a span since it was last put in order.
    "CREATE TABLE IF NOT EXISTS loose (tier VARCHAR NOT NULL, start_ns BIGINT NOT NULL, rows BIGINT NOT NULL)",
)
