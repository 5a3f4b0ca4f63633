using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using Treaty.Grid.Storage;

namespace Treaty.Grid.Cluster.Tests.ReadModels;

/// <summary>A read model that breaks off at one step of writing: a statement, before or after a commit.</summary>
internal sealed class CrashingReadModel(string directory) : SqliteReadModel(directory, TimeProvider.System)
{
    /// <summary>How many steps were taken.</summary>
    public int Steps { get; private set; }

    /// <summary>The step at which it breaks off, once.</summary>
    public int CrashAt { get; set; } = int.MaxValue;

    internal override IRowWriter WriteRowsOn(DbConnection connection) =>
        new SqliteRows((SqliteConnection)((CrashingConnection)connection).Inner, Step);

    private protected override async ValueTask<DbConnection> ConnectWriterAsync(CancellationToken cancellation) =>
        new CrashingConnection(await base.ConnectWriterAsync(cancellation), this);

    private void Step()
    {
        if (++Steps == CrashAt)
            throw new IOException("The plug was pulled.");
    }

    private sealed class CrashingConnection(DbConnection inner, CrashingReadModel model) : DbConnection
    {
        public DbConnection Inner => inner;

        [AllowNull]
        public override string ConnectionString
        {
            get => inner.ConnectionString;
            set => inner.ConnectionString = value;
        }

        public override string Database => inner.Database;

        public override string DataSource => inner.DataSource;

        public override string ServerVersion => inner.ServerVersion;

        public override ConnectionState State => inner.State;

        public override void ChangeDatabase(string databaseName) => inner.ChangeDatabase(databaseName);

        public override void Open() => inner.Open();

        public override void Close() => inner.Close();

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) =>
            new CrashingTransaction(inner.BeginTransaction(isolationLevel), this, model);

        protected override DbCommand CreateDbCommand() => new CrashingCommand(inner.CreateCommand(), model);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class CrashingTransaction(
        DbTransaction inner, DbConnection connection, CrashingReadModel model) : DbTransaction
    {
        public DbTransaction Inner => inner;

        public override IsolationLevel IsolationLevel => inner.IsolationLevel;

        protected override DbConnection DbConnection => connection;

        public override void Commit()
        {
            model.Step();
            inner.Commit();
            model.Step();
        }

        public override void Rollback() => inner.Rollback();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class CrashingCommand(DbCommand inner, CrashingReadModel model) : DbCommand
    {
        [AllowNull]
        public override string CommandText
        {
            get => inner.CommandText;
            set => inner.CommandText = value;
        }

        public override int CommandTimeout
        {
            get => inner.CommandTimeout;
            set => inner.CommandTimeout = value;
        }

        public override CommandType CommandType
        {
            get => inner.CommandType;
            set => inner.CommandType = value;
        }

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get; set; }

        protected override DbParameterCollection DbParameterCollection => inner.Parameters;

        protected override DbTransaction? DbTransaction
        {
            get => inner.Transaction;
            set => inner.Transaction = (value as CrashingTransaction)?.Inner;
        }

        public override void Cancel() => inner.Cancel();

        public override int ExecuteNonQuery()
        {
            model.Step();
            return inner.ExecuteNonQuery();
        }

        public override object? ExecuteScalar() => inner.ExecuteScalar();

        public override void Prepare() => inner.Prepare();

        protected override DbParameter CreateDbParameter() => inner.CreateParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) =>
            inner.ExecuteReader(behavior);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
