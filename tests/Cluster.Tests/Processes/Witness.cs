namespace Treaty.Grid.Cluster.Tests.Processes;

/// <summary>
/// The database takes note of who opened each epoch, and under which epoch and by whom each entry was written. Both are
/// noted while the head's lock is held, so what is seen is what the journal went by.
/// </summary>
internal static class Witness
{
    public const string Begin = """
        CREATE SCHEMA witness;
        CREATE TABLE witness.opened (party text, epoch bigint, silo text);
        CREATE TABLE witness.written (position bigint, party text, epoch bigint, silo text);
        CREATE FUNCTION witness.open() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO witness.opened VALUES (NEW.code, NEW.epoch, current_setting('witness.silo', true));
            RETURN NULL;
        END $$;
        CREATE FUNCTION witness.write() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO witness.written VALUES (
                NEW.position, NEW.party, (SELECT epoch FROM treaty_grid.party WHERE code = NEW.party),
                current_setting('witness.silo', true));
            RETURN NULL;
        END $$;
        CREATE TRIGGER witness AFTER INSERT OR UPDATE ON treaty_grid.party
            FOR EACH ROW EXECUTE FUNCTION witness.open();
        CREATE TRIGGER witness AFTER INSERT ON treaty_grid.entry
            FOR EACH ROW EXECUTE FUNCTION witness.write();
        """;

    /// <summary>Of a database that others go on with.</summary>
    public const string End = "DROP SCHEMA witness CASCADE";

    /// <summary>How many entries were written by one who had not opened the party.</summary>
    public const string WrittenWithoutRight = """
        SELECT count(*) FROM witness.written AS w
        WHERE w.silo IS DISTINCT FROM
            (SELECT o.silo FROM witness.opened AS o WHERE o.party = w.party AND o.epoch = w.epoch)
        """;

    /// <summary>The options of sessions by which it knows whose they are.</summary>
    public static string As(string silo) => $"-c witness.silo={silo}";
}
