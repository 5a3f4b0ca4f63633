-- Schema 2: where the silos of a cluster write down that they are there. Orleans' own provider reads and writes it; what
-- it wants is a table of queries by name, whose parameters and columns are its contract (Microsoft.Orleans.Clustering.
-- AdoNet 10). Nothing here is worth a backup: a cluster that starts writes it anew.

-- The view of a cluster: whoever changes a silo's row names the version that it has seen, and raises it.
CREATE TABLE treaty_grid.cluster (
    name    varchar(150) NOT NULL PRIMARY KEY,
    version integer      NOT NULL DEFAULT 0
);

CREATE TABLE treaty_grid.silo (
    cluster       varchar(150)   NOT NULL REFERENCES treaty_grid.cluster,
    address       varchar(45)    NOT NULL,
    port          integer        NOT NULL,
    generation    integer        NOT NULL,
    name          varchar(150)   NOT NULL,
    host          varchar(150)   NOT NULL,
    status        integer        NOT NULL, -- of Orleans' SiloStatus: 3 is active, 6 dead
    client_port   integer        NOT NULL, -- 0 takes no clients
    suspect_times varchar(8000),
    start_time    timestamptz(3) NOT NULL,
    alive_time    timestamptz(3) NOT NULL, -- by the silo's own clock
    PRIMARY KEY (cluster, address, port, generation)
);

CREATE TABLE treaty_grid.orleansquery (
    querykey  varchar(64)   NOT NULL PRIMARY KEY,
    querytext varchar(8000) NOT NULL
);

INSERT INTO treaty_grid.orleansquery (querykey, querytext) VALUES
('InsertMembershipVersionKey', $$
    WITH made AS (
        INSERT INTO treaty_grid.cluster (name) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING name
    )
    SELECT count(*)::integer FROM made
$$),
-- Both or neither. Two that come with the same version wait for each other at the row of the cluster, and the second
-- then finds another version there.
('InsertMembershipKey', $$
    WITH raised AS (
        UPDATE treaty_grid.cluster SET version = version + 1
        WHERE name = @DeploymentId AND version = @Version
            AND NOT EXISTS (
                SELECT FROM treaty_grid.silo
                WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING name
    ), inserted AS (
        INSERT INTO treaty_grid.silo (
            cluster, address, port, generation, name, host, status, client_port, start_time, alive_time)
        SELECT
            name, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
        FROM raised
        RETURNING address
    )
    SELECT count(*)::integer FROM inserted
$$),
('UpdateMembershipKey', $$
    WITH raised AS (
        UPDATE treaty_grid.cluster SET version = version + 1
        WHERE name = @DeploymentId AND version = @Version
            AND EXISTS (
                SELECT FROM treaty_grid.silo
                WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING name
    ), updated AS (
        UPDATE treaty_grid.silo SET status = @Status, suspect_times = @SuspectTimes, alive_time = @IAmAliveTime
        FROM raised
        WHERE cluster = raised.name AND address = @Address AND port = @Port AND generation = @Generation
        RETURNING address
    )
    SELECT count(*)::integer FROM updated
$$),
('UpdateIAmAlivetimeKey', $$
    UPDATE treaty_grid.silo SET alive_time = @IAmAliveTime
    WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$$),
('MembershipReadRowKey', $$
    SELECT
        c.name AS DeploymentId, s.address AS Address, s.port AS Port, s.generation AS Generation,
        s.name AS SiloName, s.host AS HostName, s.status AS Status, s.client_port AS ProxyPort,
        s.suspect_times AS SuspectTimes, s.start_time AS StartTime, s.alive_time AS IAmAliveTime, c.version AS Version
    FROM treaty_grid.cluster AS c
    LEFT JOIN treaty_grid.silo AS s
        ON s.cluster = c.name AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
    WHERE c.name = @DeploymentId
$$),
('MembershipReadAllKey', $$
    SELECT
        c.name AS DeploymentId, s.address AS Address, s.port AS Port, s.generation AS Generation,
        s.name AS SiloName, s.host AS HostName, s.status AS Status, s.client_port AS ProxyPort,
        s.suspect_times AS SuspectTimes, s.start_time AS StartTime, s.alive_time AS IAmAliveTime, c.version AS Version
    FROM treaty_grid.cluster AS c
    LEFT JOIN treaty_grid.silo AS s ON s.cluster = c.name
    WHERE c.name = @DeploymentId
$$),
('GatewaysQueryKey', $$
    SELECT address AS Address, client_port AS ProxyPort, generation AS Generation
    FROM treaty_grid.silo
    WHERE cluster = @DeploymentId AND status = @Status AND client_port > 0
$$),
('DeleteMembershipTableEntriesKey', $$
    DELETE FROM treaty_grid.silo WHERE cluster = @DeploymentId;
    DELETE FROM treaty_grid.cluster WHERE name = @DeploymentId
$$),
('CleanupDefunctSiloEntriesKey', $$
    DELETE FROM treaty_grid.silo WHERE cluster = @DeploymentId AND alive_time < @IAmAliveTime AND status <> 3
$$);

UPDATE treaty_grid.schema_version SET version = 2;
