using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Transactions.Abstractions;
using Treaty.Grid.Transactions;

// Two-grain transactions of Orleans, with what calls them in the same process. Told what to do by lines:
//   measure IN_FLIGHT WARM_UP SECONDS
// and answers "begun" after the warm-up, and "done NOTICES SECONDS FAILED" after it.
if (args is not ["--postgres", var connection, "--parties", var text])
{
    Console.WriteLine("Expected --postgres CONNECTION --parties N. It is started by: load compare");
    return 1;
}

var parties = int.Parse(text, CultureInfo.InvariantCulture);
await using var database = new NpgsqlDataSourceBuilder(
    new NpgsqlConnectionStringBuilder(connection)
    {
        MaxAutoPrepare = 10,
        AutoPrepareMinUsages = 1,
        MaxPoolSize = 40,
        Options = "-c synchronous_commit=on",
    }.ToString()).Build();
var builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders();
builder.Services.AddSingleton(database);
builder.Services.AddSingleton<PostgresStateFactory>();
builder.Services.AddKeyedSingleton<ITransactionalStateStorageFactory>(
    PostgresStateFactory.Name, (services, _) => services.GetRequiredService<PostgresStateFactory>());
builder.UseOrleans(silo =>
{
    using var listener = new TcpListener(IPAddress.Loopback, 0);
    listener.Start();
    var port = ((IPEndPoint)listener.LocalEndpoint).Port;
    listener.Stop();
    silo.UseLocalhostClustering(siloPort: port, gatewayPort: 0);
    silo.UseTransactions();
});
using var host = builder.Build();
await host.Services.GetRequiredService<PostgresStateFactory>().CreateAsync();
await host.StartAsync();
Console.WriteLine("Two-grain transactions: the program is ready.\nReady");
var load = new Callers(host.Services, parties);
while (await Console.In.ReadLineAsync() is { } line)
{
    var order = line.Split(' ');
    var inFlight = int.Parse(order[1], CultureInfo.InvariantCulture);
    await load.MeasureAsync(inFlight, SecondsOf(order[2]), SecondsOf(order[3]));
}

await host.StopAsync();
return 0;

static TimeSpan SecondsOf(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));
