-- The two roles of Tributary, made in the database this is run in, by a superuser, as often as you like.
--   tributary_owner  owns the database, runs migrations, makes test databases
--   tributary_app    everything else; neither owns a table nor bypasses row-level security
-- Used by portal/local/postgres.py and, with passwords added beside it, by docker-compose.yml.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tributary_owner') THEN
        CREATE ROLE tributary_owner LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tributary_app') THEN
        CREATE ROLE tributary_app LOGIN NOCREATEDB NOSUPERUSER NOBYPASSRLS;
    END IF;
    EXECUTE format('ALTER DATABASE %I OWNER TO tributary_owner', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO tributary_app', current_database());
END
$$;

-- On the role, so that no process can forget them. A slow statement, a queue at a lock and a forgotten transaction
-- each end by themselves.
ALTER ROLE tributary_app SET statement_timeout = '30s';
ALTER ROLE tributary_app SET lock_timeout = '3s';
ALTER ROLE tributary_app SET idle_in_transaction_session_timeout = '30s';
